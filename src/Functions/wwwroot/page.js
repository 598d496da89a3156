// Lists the slides and keeps the list fresh. Names and reasons come from files: they are set as text, never as markup.
const interval = 2000;
const files = ['patches.csv', 'patches.geojson', 'mask.png', 'run.json'];
const state = document.getElementById('state');
const body = document.getElementById('slides');
let shown = '';

const cell = (row, text) => {
  const made = row.insertCell();
  made.textContent = text;
  return made;
};

const exportUrl = (slide, file) => `/api/slides/${slide.slideId}/exports/${file}`;

const show = (slide) => {
  const row = body.insertRow();
  cell(row, slide.slide);
  const status = cell(row, slide.status === 'Failed' ? `Failed: ${slide.reason} ${slide.remedy}` : slide.status);
  if (slide.stainWarning) {
    const warning = document.createElement('p');
    warning.className = 'failed';
    warning.textContent = slide.stainWarning;
    status.append(warning);
  }

  status.className = slide.status === 'Failed' ? 'failed' : '';
  cell(row, slide.tumourAreaMm2?.toFixed(2) ?? '');
  cell(row, slide.tumourFraction === null ? '' : `${(100 * slide.tumourFraction).toFixed(1)} %`);
  const picture = cell(row, '');
  const links = cell(row, '');
  if (slide.result && slide.status !== 'Deleted') {
    const image = new Image();
    image.alt = `Heatmap of ${slide.slide}`;
    image.src = `${exportUrl(slide, 'heatmap.png')}?run=${slide.result.run}`;
    picture.append(image);
    for (const file of files) {
      const link = document.createElement('a');
      link.href = exportUrl(slide, file);
      link.textContent = file;
      links.append(link, ' ');
    }
  }
};

const refresh = async () => {
  try {
    const slides = [];
    let continuation = '';
    do {
      const answer = await fetch(`/api/slides?top=1000${continuation && `&continuation=${continuation}`}`);
      if (!answer.ok) {
        throw new Error(`HTTP ${answer.status}`);
      }
      const page = await answer.json();
      slides.push(...page.items);
      continuation = page.continuation;
    } while (continuation);
    const now = JSON.stringify(slides);
    if (now !== shown) {
      body.replaceChildren();
      slides.forEach(show);
      shown = now;
    }
    state.textContent = slides.length === 0 ? 'No slides yet. Score some with: idc score PATH… --results DIR' : `${slides.length} slides`;
  } catch (error) {
    state.textContent = `The app does not answer (${error.message}); trying again.`;
  }
  setTimeout(refresh, interval);
};

refresh();
