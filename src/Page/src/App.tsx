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

export const App = () => {
  const { path } = useRoute();
  const slide = path[0] === 'slides' ? path[1] : undefined;
  useEffect(() => {
    document.title = `${slide ?? (path[0] === 'predict' ? 'Predict' : 'Slides')} · IdcFunctions`;
  }, [slide, path[0]]);
  return (
    <>
      <Bar area={path[0] ?? 'slides'} />
      <main>{slide ? <LazyViewer key={slide} slideId={slide} /> : path[0] === 'predict' ? <PredictView /> : <SlidesView />}</main>
      <UploadTray />
      <Toasts />
    </>
  );
};
