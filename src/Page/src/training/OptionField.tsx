import type { TrainingOption } from '../api/types';

interface Props {
  option: TrainingOption;
  value: string;
  onChange: (value: string) => void;
  fault: string | undefined;
}

/** `batchSize` as words. */
export const wordsOf = (name: string): string => {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const OptionField = ({ option, value, onChange, fault }: Props) => {
  const id = `option-${option.name}`;
  return (
    <div class={`field${fault ? ' faulty' : ''}`}>
      <label for={id}>{wordsOf(option.name)}</label>
      {option.choices.length > 0 ? (
        <select id={id} value={value} aria-describedby={`${id}-help`} onChange={(event) => onChange(event.currentTarget.value)}>
          {option.choices.map((choice) => <option key={choice}>{choice}</option>)}
        </select>
      ) : (
        <input id={id} inputMode={option.isWhole ? 'numeric' : 'decimal'} value={value} aria-describedby={`${id}-help`} aria-invalid={!!fault} onInput={(event) => onChange(event.currentTarget.value)} />
      )}
      {fault && <p class="fault">{fault}</p>}
      <p id={`${id}-help`} class="muted">
        {option.help}
        {option.minimum !== null && option.maximum !== null && option.maximum < 1e6 && ` (${option.minimum} to ${option.maximum})`}
      </p>
    </div>
  );
};
