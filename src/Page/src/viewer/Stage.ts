import OpenSeadragon from 'openseadragon';
import { slidePath } from '../api/client';

/** OpenSeadragon adds a style element, which the page's policy forbids, unless there is an element called so: this one is none to the browser. */
const preventStyleElement = (): void => {
  if (document.querySelector('style[data-openseadragon-mobile-css]')) return;
  const marker = document.createElementNS('urn:idcfunctions', 'style');
  marker.setAttribute('data-openseadragon-mobile-css', '');
  document.head.append(marker);
};

/** What the stage needs to know of a slide to show it. */
export interface StageSlide {
  slideId: string;
  etag: string;
  width: number;
  height: number;
  /** The lowest level of the deep zoom that can be made; undefined where the slide can't be shown by parts. */
  lowestLevel: number | undefined;
}

/** Where the view is: centre in level-0 pixels, screen pixels a level-0 pixel, degrees. */
export interface View {
  x: number;
  y: number;
  zoom: number;
  rotation: number;
}

export interface Place {
  x: number;
  y: number;
}

/** Something drawn over the slide; the context is in level-0 pixels, `scale` screen pixels each. */
export type Layer = (context: CanvasRenderingContext2D, scale: number) => void;

export interface Pointer {
  press: (place: Place) => void;
  drag: (place: Place) => void;
  release: () => void;
}

const tileSide = 256;
const blank = 'data:image/gif;base64,R0lGODlhAQABAPAAAPDw8AAAACwAAAAAAQABAAACAkQBADs=';

/** The deep zoom viewer with a canvas over it, on which layers are drawn in the slide's own pixels. */
export class Stage {
  private readonly viewer: OpenSeadragon.Viewer;
  private readonly canvas = document.createElement('canvas');
  private readonly observer: ResizeObserver;
  private pointer: Pointer | undefined;
  private layers: Layer[] = [];
  private frame = 0;

  constructor(
    private readonly element: HTMLElement,
    slide: StageSlide,
    view: View | undefined,
    private readonly onView: (view: View) => void,
    hasNavigator = matchMedia('(min-width: 761px)').matches,
  ) {
    preventStyleElement();
    this.viewer = OpenSeadragon({
      element,
      tileSources: [sourceOf(slide) as unknown as string],
      drawer: 'canvas',
      showNavigationControl: false,
      showNavigator: hasNavigator,
      navigatorPosition: 'BOTTOM_RIGHT',
      navigatorSizeRatio: 0.14,
      animationTime: 0.35,
      springStiffness: 9,
      maxZoomPixelRatio: 8,
      visibilityRatio: 0.2,
      minZoomImageRatio: 0.5,
      imageLoaderLimit: 6,
      tileRetryMax: 3,
      tileRetryDelay: 1500,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      preserveImageSizeOnResize: true,
    });
    this.canvas.className = 'overlay';
    this.canvas.setAttribute('aria-hidden', 'true');
    this.viewer.canvas.append(this.canvas);
    this.viewer.addHandler('update-viewport', () => this.draw());
    this.viewer.addHandler('open', () => {
      if (view) this.show(view, true);
      this.tell();
    });
    this.viewer.addHandler('animation', () => this.tell());
    this.viewer.addHandler('canvas-key', (event) => {
      // The page has keys of its own, which work wherever the focus is.
      event.preventDefaultAction = true;
    });
    this.viewer.addHandler('canvas-press', (event) => this.pointer?.press(this.placeOf(event.position)));
    this.viewer.addHandler('canvas-drag', (event) => {
      if (!this.pointer) return;
      event.preventDefaultAction = true;
      this.pointer.drag(this.placeOf(event.position));
    });
    this.viewer.addHandler('canvas-release', () => this.pointer?.release());
    this.observer = new ResizeObserver(() => this.redraw());
    this.observer.observe(element);
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.viewer.destroy();
  }

  /** Layers from bottom to top. */
  setLayers(layers: Layer[]): void {
    this.layers = layers;
    this.redraw();
  }

  redraw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => this.draw());
  }

  /** Takes the pointer for a tool; undefined gives it back to moving. */
  setPointer(pointer: Pointer | undefined): void {
    this.pointer = pointer;
  }

  /** The place in level-0 pixels under a point of the stage. */
  placeAt(x: number, y: number): Place | undefined {
    return this.isOpen ? this.placeOf(new OpenSeadragon.Point(x, y)) : undefined;
  }

  /** The place in the middle of the view. */
  centre(): Place | undefined {
    return this.isOpen ? this.item.viewportToImageCoordinates(this.viewer.viewport.getCenter(true)) : undefined;
  }

  /** The point of the stage over a place in level-0 pixels. */
  pointAt(place: Place): Place {
    return this.item.imageToViewerElementCoordinates(new OpenSeadragon.Point(place.x, place.y));
  }

  show(view: View, immediately = false): void {
    if (!this.isOpen) return;
    const { viewport } = this.viewer;
    viewport.setRotation(view.rotation, immediately);
    viewport.zoomTo(this.item.imageToViewportZoom(view.zoom), undefined, immediately);
    viewport.panTo(this.item.imageToViewportCoordinates(view.x, view.y), immediately);
    viewport.applyConstraints(immediately);
  }

  /** Brings a rectangle in level-0 pixels into sight, with some of what is around it. */
  showRectangle(left: number, top: number, width: number, height: number): void {
    const margin = Math.max(width, height) * 0.6;
    this.viewer.viewport.fitBounds(this.item.imageToViewportRectangle(left - margin, top - margin, width + 2 * margin, height + 2 * margin));
  }

  /** Moves just as far as it takes to have a place in sight. */
  keepInSight(place: Place): void {
    const { x, y } = this.pointAt(place);
    const { clientWidth, clientHeight } = this.element;
    const margin = Math.min(clientWidth, clientHeight) * 0.1;
    const beyond = (at: number, length: number) => (at < margin ? at - margin : at > length - margin ? at - length + margin : 0);
    const [across, down] = [beyond(x, clientWidth), beyond(y, clientHeight)];
    if (across !== 0 || down !== 0) this.viewer.viewport.panBy(this.viewer.viewport.deltaPointsFromPixels(new OpenSeadragon.Point(across, down)));
  }

  get showsAll(): boolean {
    return this.isOpen && this.viewer.viewport.getZoom() <= this.viewer.viewport.getHomeZoom() * 1.01;
  }

  home(): void {
    this.viewer.viewport.setRotation(0);
    this.viewer.viewport.goHome();
  }

  zoomBy(factor: number): void {
    this.viewer.viewport.zoomBy(factor);
    this.viewer.viewport.applyConstraints();
  }

  /** Moves by parts of the stage's size. */
  moveBy(across: number, down: number): void {
    const { viewport } = this.viewer;
    viewport.panBy(viewport.deltaPointsFromPixels(new OpenSeadragon.Point(across * this.element.clientWidth, down * this.element.clientHeight)));
    viewport.applyConstraints();
  }

  /** Degrees by which the view is turned clockwise. */
  get rotation(): number {
    return this.viewer.viewport.getRotation();
  }

  rotateBy(degrees: number): void {
    this.viewer.viewport.setRotation(this.rotation + degrees);
  }

  private get isOpen(): boolean {
    return this.viewer.world.getItemCount() > 0;
  }

  private get item(): OpenSeadragon.TiledImage {
    return this.viewer.world.getItemAt(0);
  }

  private placeOf(point: OpenSeadragon.Point): Place {
    return this.item.viewerElementToImageCoordinates(point);
  }

  private tell(): void {
    if (!this.isOpen) return;
    const { viewport } = this.viewer;
    const centre = this.item.viewportToImageCoordinates(viewport.getCenter(true));
    this.onView({ x: centre.x, y: centre.y, zoom: this.item.viewportToImageZoom(viewport.getZoom(true)), rotation: viewport.getRotation(true) });
  }

  private draw(): void {
    const ratio = devicePixelRatio;
    const width = Math.round(this.element.clientWidth * ratio);
    const height = Math.round(this.element.clientHeight * ratio);
    if (this.canvas.width !== width || this.canvas.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
    }

    const context = this.canvas.getContext('2d')!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, width, height);
    if (!this.isOpen) return;
    const unit = 1000;
    const origin = this.pointAt({ x: 0, y: 0 });
    const right = this.pointAt({ x: unit, y: 0 });
    const down = this.pointAt({ x: 0, y: unit });
    const scale = Math.hypot(right.x - origin.x, right.y - origin.y) / unit;
    for (const layer of this.layers) {
      context.setTransform(
        ((right.x - origin.x) / unit) * ratio, ((right.y - origin.y) / unit) * ratio,
        ((down.x - origin.x) / unit) * ratio, ((down.y - origin.y) / unit) * ratio,
        origin.x * ratio, origin.y * ratio,
      );
      context.globalAlpha = 1;
      context.imageSmoothingEnabled = false;
      layer(context, scale);
    }
  }
}

const sourceOf = ({ slideId, etag, width, height, lowestLevel }: StageSlide): object => {
  if (lowestLevel === undefined) return { width, height, tileSize: Math.max(width, height), minLevel: 0, maxLevel: 0, getTileUrl: () => blank };
  const version = encodeURIComponent(etag);
  return {
    width,
    height,
    tileSize: tileSide,
    tileOverlap: 0,
    minLevel: lowestLevel,
    getTileUrl: (level: number, column: number, row: number) => slidePath(slideId, `/deepzoom_files/${level}/${column}_${row}.jpeg?etag=${version}`),
  };
};
