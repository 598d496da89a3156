import { bytes } from '../ui/format';
import { Icon } from '../ui/icons';
import { useStore } from '../ui/store';
import { uploads, type Upload } from './uploads';

const words = (upload: Upload): string => {
  switch (upload.phase) {
    case 'waiting': return 'Waiting';
    case 'sending': return `${bytes(upload.sent)} of ${bytes(upload.size)}`;
    case 'paused': return `Paused at ${bytes(upload.sent)} of ${bytes(upload.size)}`;
    case 'interrupted': return `Interrupted at ${bytes(upload.sent)} of ${bytes(upload.size)}. Drop or choose the same file again: it goes on where it stood.`;
    case 'exists': return 'A slide of this name is there already.';
    case 'failed': return upload.reason ?? 'Failed';
    case 'done': return `Uploaded, ${bytes(upload.size)}`;
  }
};

const Item = ({ upload }: { upload: Upload }) => {
  const { name, phase } = upload;
  return (
    <li>
      <span class="file" title={name}>{name}</span>
      <span class={phase === 'failed' ? 'tell bad' : 'tell'}>{words(upload)}</span>
      <span class="acts">
        {phase === 'exists' && <button class="quiet" onClick={() => uploads.replace(name)}>Replace</button>}
        {phase === 'sending' && <button class="quiet" aria-label={`Pause ${name}`} title="Pause" onClick={() => uploads.pause(name)}><Icon name="pause" /></button>}
        {(phase === 'paused' || phase === 'failed') && <button class="quiet" aria-label={`Go on with ${name}`} title="Go on" onClick={() => uploads.resume(name)}><Icon name="play" /></button>}
        <button class="quiet" aria-label={phase === 'done' ? `Hide ${name}` : `Cancel ${name}`} title={phase === 'done' ? 'Hide' : 'Cancel'} onClick={() => uploads.remove(name)}><Icon name="close" /></button>
      </span>
      {phase !== 'done' && phase !== 'exists' && <progress max={upload.size} value={upload.sent} aria-label={`Upload of ${name}`} />}
    </li>
  );
};

export const UploadTray = () => {
  const list = useStore(uploads.list);
  const spacing = useStore(uploads.spacing);
  if (list.length === 0) return null;
  const open = list.filter((upload) => upload.phase !== 'done').length;
  return (
    <section class="tray" aria-label="Uploads">
      <header>
        <h2>{open > 0 ? `Uploading ${open} of ${list.length}` : `${list.length} uploaded`}</h2>
        <button class="quiet" onClick={() => uploads.clear()} disabled={open === list.length}>Hide finished</button>
      </header>
      <ul>{list.map((upload) => <Item upload={upload} key={upload.name} />)}</ul>
      <footer>
        <label for="spacing" class="muted">µm/px, only where files state none</label>
        <input id="spacing" inputMode="decimal" placeholder="as stated" value={spacing} onInput={(event) => { uploads.spacing.value = event.currentTarget.value; }} />
      </footer>
    </section>
  );
};
