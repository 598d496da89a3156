import { Store, useStore } from './store';

interface Toast {
  id: number;
  text: string;
  action?: { label: string; run: () => void };
}

const toasts = new Store<Toast[]>([]);
const shownMs = 9000;
let last = 0;

const drop = (id: number) => {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
};

/** Tells something at the foot of the page for a while, with a way to take it back where there is one. */
export const tell = (text: string, action?: Toast['action']): void => {
  const id = ++last;
  toasts.value = [...toasts.value.slice(-2), { id, text, ...(action && { action }) }];
  setTimeout(() => drop(id), shownMs);
};

export const Toasts = () => (
  <div class="toasts" role="status" aria-live="polite">
    {useStore(toasts).map(({ id, text, action }) => (
      <div class="toast" key={id}>
        <span>{text}</span>
        {action && (
          <button
            onClick={() => {
              drop(id);
              action.run();
            }}
          >
            {action.label}
          </button>
        )}
      </div>
    ))}
  </div>
);
