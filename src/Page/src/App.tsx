import { useEffect } from 'preact/hooks';
import { Bar } from './Bar';
import { useRoute } from './router';
import { SlidesView } from './slides/SlidesView';
import { Toasts } from './ui/Toasts';
import { UploadTray } from './uploads/UploadTray';
import { ViewerPage } from './viewer/ViewerPage';

export const App = () => {
  const { path } = useRoute();
  const slide = path[0] === 'slides' ? path[1] : undefined;
  useEffect(() => {
    document.title = slide ? `${decodeURIComponent(slide)} · IdcFunctions` : 'Slides · IdcFunctions';
  }, [slide]);
  return (
    <>
      <Bar area={path[0] ?? 'slides'} />
      <main>{slide ? <ViewerPage key={slide} slideId={slide} /> : <SlidesView />}</main>
      <UploadTray />
      <Toasts />
    </>
  );
};
