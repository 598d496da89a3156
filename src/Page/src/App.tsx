import { useEffect, useState } from 'preact/hooks';
import { Bar } from './Bar';
import { useRoute } from './router';
import { SlidesView } from './slides/SlidesView';
import { PredictView } from './predict/PredictView';
import { Toasts } from './ui/Toasts';
import { UploadTray } from './uploads/UploadTray';

type ViewerPage = typeof import('./viewer/ViewerPage').ViewerPage;

/** The viewer, with its library, comes when it is first looked at: the list is there sooner. */
const LazyViewer = ({ slideId }: { slideId: string }) => {
  const [Page, setPage] = useState<ViewerPage>();
  useEffect(() => void import('./viewer/ViewerPage').then((module) => setPage(() => module.ViewerPage)), []);
  return Page ? <Page slideId={slideId} /> : null;
};

type TrainingPage = typeof import('./training/TrainingPage').TrainingPage;

const LazyTraining = ({ path }: { path: string[] }) => {
  const [Page, setPage] = useState<TrainingPage>();
  useEffect(() => void import('./training/TrainingPage').then((module) => setPage(() => module.TrainingPage)), []);
  return Page ? <Page path={path} /> : null;
};

const titles: Record<string, string> = { predict: 'Predict', training: 'Training' };

export const App = () => {
  const { path } = useRoute();
  const slide = path[0] === 'slides' ? path[1] : undefined;
  useEffect(() => {
    document.title = `${slide ?? titles[path[0] ?? ''] ?? 'Slides'} · IdcFunctions`;
  }, [slide, path[0]]);
  return (
    <>
      <Bar area={path[0] ?? 'slides'} />
      <main>{slide ? <LazyViewer key={slide} slideId={slide} /> : path[0] === 'predict' ? <PredictView /> : path[0] === 'training' ? <LazyTraining path={path.slice(1)} /> : <SlidesView />}</main>
      <UploadTray />
      <Toasts />
    </>
  );
};
