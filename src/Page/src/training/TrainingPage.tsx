import { NewRun } from './NewRun';
import { RunsList } from './RunsList';
import { RunView } from './RunView';
import '../style/training.css';

/** `#/training` lists the runs, `#/training/new` asks for one, `#/training/{id}` watches one. */
export const TrainingPage = ({ path }: { path: string[] }) => (
  <div class="training">{path[0] === 'new' ? <NewRun /> : path[0] ? <RunView key={path[0]} id={path[0]} /> : <RunsList />}</div>
);
