import { render } from 'preact';
import { App } from './App';
import './style/base.css';
import './style/shell.css';
import './style/slides.css';

render(<App />, document.getElementById('app')!);
