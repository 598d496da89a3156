import { useCallback, useEffect, useState } from 'preact/hooks';
import { ModelsDialog } from './models/ModelsDialog';
import { Icon } from './ui/icons';

interface Readiness {
  status: string;
  model?: string | null;
  reason?: string | null;
}

const areas = [['slides', 'Slides'], ['predict', 'Predict'], ['training', 'Training']] as const;
const themeKey = 'theme';
const pollMs = 30_000;

const isDark = (): boolean => (document.documentElement.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

const useReadiness = (): { readiness: Readiness | undefined; ask: () => void } => {
  const [readiness, setReadiness] = useState<Readiness>();
  const ask = useCallback(() => void fetch('/health/ready')
    .then((answer) => answer.json())
    .then(setReadiness)
    .catch(() => setReadiness({ status: 'unreachable', reason: 'The app does not answer.' })), []);
  useEffect(() => {
    ask();
    const timer = setInterval(ask, pollMs);
    return () => clearInterval(timer);
  }, [ask]);
  return { readiness, ask };
};

const ThemeButton = () => {
  const [dark, setDark] = useState(isDark);
  useEffect(() => {
    const stored = localStorage.getItem(themeKey);
    if (stored) document.documentElement.dataset['theme'] = stored;
    setDark(isDark());
  }, []);
  const toggle = () => {
    const next = dark ? 'light' : 'dark';
    localStorage.setItem(themeKey, next);
    document.documentElement.dataset['theme'] = next;
    setDark(!dark);
  };
  return (
    <button class="quiet" onClick={toggle} aria-label={dark ? 'Light colours' : 'Dark colours'} title={dark ? 'Light colours' : 'Dark colours'}>
      <Icon name={dark ? 'sun' : 'moon'} />
    </button>
  );
};

export const Bar = ({ area }: { area: string }) => {
  const { readiness, ask } = useReadiness();
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <header class="bar">
      <a class="brand" href="#/">
        Idc<span>Functions</span>
      </a>
      <nav aria-label="Areas">
        {areas.map(([path, label]) => (
          <a href={`#/${path}`} key={path} aria-current={area === path ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <div class="end">
        {readiness && (
          <button class={`chip ${readiness.status === 'ready' ? 'good' : 'bad'}`} aria-haspopup="dialog" onClick={() => setIsChoosing(true)} title={readiness.reason ?? 'The active model: new slides are scored with it. Press to choose another.'}>
            <span>{readiness.model ?? readiness.status}</span>
          </button>
        )}
        <ThemeButton />
      </div>
      {isChoosing && <ModelsDialog active={readiness?.model ?? undefined} onChanged={ask} onClose={() => setIsChoosing(false)} />}
    </header>
  );
};
