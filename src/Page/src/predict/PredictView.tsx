import { useEffect, useRef, useState } from 'preact/hooks';
import { messageOf, send } from '../api/client';
import type { Prediction } from '../api/types';
import { mm2, percent } from '../ui/format';
import { Icon } from '../ui/icons';
import { gradientOf, tableOf } from '../viewer/colours';
import { asStored } from './asStored';
import '../style/predict.css';

interface Asked {
  picture: ImageBitmap;
  name: string;
  answer: Prediction;
}

/** What the active model says of a patch, or of a picture whose µm/px is known; nothing of it is kept. */
export const PredictView = () => {
  const [spacing, setSpacing] = useState('');
  const [file, setFile] = useState<File>();
  const [asked, setAsked] = useState<Asked>();
  const [error, setError] = useState<string>();
  const [isBusy, setIsBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const asking = useRef<AbortController>(undefined);

  useEffect(() => () => asking.current?.abort(), []);

  /** Asks for a picture; what was asked before and is not answered yet is given up. */
  const predict = async (picture: File) => {
    asking.current?.abort();
    const stop = new AbortController();
    asking.current = stop;
    setFile(picture);
    setIsBusy(true);
    setError(undefined);
    try {
      const query = spacing.trim() ? `?umPerPixel=${encodeURIComponent(spacing.trim())}` : '';
      const [bitmap, answer] = await Promise.all([
        asStored(picture).then((stored) => createImageBitmap(stored)),
        send(`/api/predict${query}`, { method: 'POST', body: picture, signal: stop.signal }).then((response) => response.json() as Promise<Prediction>),
      ]);
      if (!stop.signal.aborted) setAsked({ picture: bitmap, name: picture.name, answer });
    } catch (failure) {
      if (stop.signal.aborted) return;
      setAsked(undefined);
      setError(failure instanceof DOMException ? `${picture.name} is no picture that the browser can show. Choose a PNG or a JPEG.` : messageOf(failure));
    } finally {
      if (asking.current === stop) setIsBusy(false);
    }
  };

  return (
    <div
      class="predict"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        const dropped = event.dataTransfer?.files[0];
        if (dropped) void predict(dropped);
      }}
    >
      <h1>Predict</h1>
      <p class="muted">One patch of 50 × 50 px, or a larger picture with its µm/px. The picture is scored with the active model and kept nowhere.</p>
      <div class="ask">
        <input ref={input} type="file" accept="image/png,image/jpeg" hidden data-testid="picture" onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (chosen) void predict(chosen);
        }} />
        <button class="primary" onClick={() => input.current?.click()} disabled={isBusy}><Icon name="upload" /> Choose a picture</button>
        <label>µm/px <input inputMode="decimal" placeholder="patch" value={spacing} onInput={(event) => setSpacing(event.currentTarget.value)} /></label>
        {file && <button onClick={() => void predict(file)} disabled={isBusy}><Icon name="retry" /> Again</button>}
        <span class="muted" role="status">{isBusy ? 'Scoring …' : 'or drop one here'}</span>
      </div>
      {error && <p class="notice bad" role="alert">{error}</p>}
      {asked && <Answer {...asked} />}
    </div>
  );
};

const Answer = ({ picture, name, answer }: Asked) => {
  const { patches, decisionThreshold } = answer;
  const only = patches.length === 1 ? patches[0] : undefined;
  return (
    <section class="answer" aria-label={`Prediction of ${name}`}>
      <Overlay picture={picture} answer={answer} />
      <div>
        {only ? (
          <p class="verdict" data-testid="verdict"><strong>{only.probability.toFixed(3)}</strong> {only.isIdc ? 'IDC' : 'not IDC'}</p>
        ) : patches.length === 0 ? <p class="verdict">No tissue found</p> : (
          <p class="verdict" data-testid="verdict"><strong>{mm2(answer.idcAreaMm2)} mm²</strong> of {mm2(answer.areaMm2)} mm² tissue, {percent(answer.idcAreaMm2 / answer.areaMm2)}, is predicted IDC</p>
        )}
        <dl class="facts">
          <div><dt>Picture</dt><dd>{name}, {answer.width} × {answer.height} px at {answer.umPerPixel} µm/px</dd></div>
          <div><dt>Patches</dt><dd>{patches.length}, {patches.filter((patch) => patch.isIdc).length} of them IDC</dd></div>
          <div><dt>Threshold</dt><dd>{decisionThreshold.toFixed(3)}</dd></div>
          <div><dt>Model</dt><dd>{answer.model}</dd></div>
        </dl>
        {!only && patches.length > 0 && <div class="gradient"><div style={{ background: gradientOf('viridis') }} /><span>0</span><span>probability</span><span>1</span></div>}
        <p class="muted">For research use only. A prediction does not say whether a patient has cancer.</p>
      </div>
    </section>
  );
};

const Overlay = ({ picture, answer }: { picture: ImageBitmap; answer: Prediction }) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const table = tableOf('viridis');
    context.drawImage(picture, 0, 0);
    if (answer.patches.length < 2) return;
    for (const { minX, minY, width, height, probability, isIdc } of answer.patches) {
      const [red, green, blue] = table.subarray(Math.round(probability * 255) * 3);
      context.fillStyle = `rgb(${red} ${green} ${blue} / ${isIdc ? 0.6 : 0.25})`;
      context.fillRect(minX, minY, width, height);
    }
  }, [picture, answer]);
  return <canvas ref={canvas} width={picture.width} height={picture.height} role="img" aria-label="The picture with its patches coloured by probability" />;
};
