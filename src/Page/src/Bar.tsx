import { useEffect, useState } from 'preact/hooks';
import { Icon } from './ui/icons';

interface Readiness {
  status: string;
  model?: string;
  reason?: string;
}

const areas = [['slides', 'Slides'], ['predict', 'Predict'], ['training', 'Training']] as const;
const themeKey = 'theme';
const pollMs = 30_000;

const isDark = (): boolean => (document.documentElement.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

const useReadiness = (): Readiness | undefined => {
  const [readiness, setReadiness] = useState<Readiness>();
  useEffect(() => {
    const ask = () =>
      fetch('/health/ready')
        .then((answer) => answer.json())
        .then(setReadiness)
        .catch(() => setReadiness({ status: 'unreachable', reason: 'The app does not answer.' }));
    void ask();
    const timer = setInterval(ask, pollMs);
    return () => clearInterval(timer);
  }, []);
  return readiness;
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
  const readiness = useReadiness();
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
          <span class={`chip ${readiness.status === 'ready' ? 'good' : 'bad'}`} title={readiness.reason ?? 'The active model: new slides are scored with it'}>
            {readiness.model ?? readiness.status}
          </span>
        )}
        <ThemeButton />
      </div>
    </header>
  );
};
