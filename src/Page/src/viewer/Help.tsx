import { useEffect, useRef } from 'preact/hooks';
import { Icon } from '../ui/icons';

const groups: [string, [string, string][]][] = [
  ['Move', [['← ↑ ↓ →', 'Move'], ['+  −', 'Zoom in, out'], ['0', 'Whole slide'], ['r  R', 'Rotate right, left']]],
  ['Result', [['h', 'Heatmap on, off'], ['o  O', 'Opacity down, up'], ['k', 'Next colour map'], ['[  ]', 'Threshold down, up'], ['d', 'The model’s threshold'], ['n  p', 'Next, previous region'], ['l  L', 'Next, previous uncertain patch']]],
  ['Compare', [['s', 'Next run beside this one'], ['x', 'Its heatmap, or the difference']]],
  ['Corrections', [['c', 'Mark patches on, off'], ['1  2  3', 'IDC, not IDC, exclude'], ['4', 'Clear'], ['← ↑ ↓ →', 'Next patch'], ['Enter', 'Mark the patch'], ['u', 'Undo']]],
  ['Tissue mask', [['m', 'Mask on, off'], ['b', 'Brush on, off'], ['t  e', 'Paint tissue, erase'], ['<  >', 'Brush smaller, larger'], ['← ↑ ↓ →', 'Move the brush'], ['Enter', 'Paint here'], ['u', 'Undo a stroke'], ['w', 'Keep and score again'], ['Esc', 'Put the brush away']]],
];

export const Help = ({ onClose }: { onClose: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog class="help" ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <header><h2 id="help-title">Keys</h2><button class="quiet" aria-label="Close" onClick={() => dialog.current?.close()}><Icon name="close" /></button></header>
      <div class="groups">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>{keys.map(([key, does]) => <div key={key}><dt>{key.split(/\s+/).map((one) => <kbd key={one}>{one}</kbd>)}</dt><dd>{does}</dd></div>)}</dl>
          </section>
        ))}
      </div>
    </dialog>
  );
};
