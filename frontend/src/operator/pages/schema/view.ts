import {
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";

export interface View {
  x: number;
  y: number;
  width: number;
  height: number;
}

const MARGIN = 24;
const CLOSEST = 0.15;
const FARTHEST = 1.5;
/** A hand that moves less has clicked, not dragged. */
const STILL_PX = 4;

export function wholeView(width: number, height: number): View {
  return { x: -MARGIN, y: -MARGIN, width: width + 2 * MARGIN, height: height + 2 * MARGIN };
}

/** Look closer (below 1) or from farther; the middle stays where it is. */
export function zoomed(view: View, factor: number, whole: View): View {
  const width = Math.min(
    whole.width * FARTHEST,
    Math.max(whole.width * CLOSEST, view.width * factor),
  );
  const height = (view.height * width) / view.width;
  return {
    x: view.x + (view.width - width) / 2,
    y: view.y + (view.height - height) / 2,
    width,
    height,
  };
}

const READABLE = 2;

/** Show one place large enough to be read, with what lies around it. */
export function closeUp(view: View, at: { x: number; y: number }, pixels: number): View {
  if (pixels === 0 || view.width / pixels <= READABLE) return view;
  const width = pixels * READABLE;
  const height = (view.height * width) / view.width;
  return { x: at.x - width / 2, y: at.y - height / 2, width, height };
}

interface Viewing {
  svg: RefObject<SVGSVGElement | null>;
  view: View;
  zoom: (factor: number) => void;
  reset: () => void;
  lookAt: (at: { x: number; y: number }) => void;
  grab: (event: ReactPointerEvent) => void;
}

/** Which part of a picture is looked at: moved by dragging, zoomed by buttons and Ctrl + wheel. */
export function useView(width: number, height: number): Viewing {
  const svg = useRef<SVGSVGElement>(null);
  const whole = wholeView(width, height);
  const [moved, setMoved] = useState<View | null>(null);
  const view = moved ?? whole;
  const zoom = useCallback(
    (factor: number) =>
      setMoved((before) => {
        const all = wholeView(width, height);
        return zoomed(before ?? all, factor, all);
      }),
    [width, height],
  );

  useEffect(() => {
    const picture = svg.current;
    const turn = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      zoom(event.deltaY < 0 ? 0.9 : 1.1);
    };
    picture?.addEventListener("wheel", turn, { passive: false });
    return () => picture?.removeEventListener("wheel", turn);
  }, [zoom]);

  const grab = (event: ReactPointerEvent) => {
    const scale = view.width / (svg.current?.clientWidth ?? view.width);
    const start = { x: event.clientX, y: event.clientY };
    const move = (now: PointerEvent) => {
      const [dx, dy] = [now.clientX - start.x, now.clientY - start.y];
      if (Math.hypot(dx, dy) < STILL_PX) return;
      setMoved({ ...view, x: view.x - dx * scale, y: view.y - dy * scale });
    };
    const release = () => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", release);
      window.removeEventListener("pointercancel", release);
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", release);
    window.addEventListener("pointercancel", release);
  };

  const lookAt = useCallback(
    (at: { x: number; y: number }) =>
      setMoved((before) =>
        closeUp(before ?? wholeView(width, height), at, svg.current?.clientWidth ?? 0),
      ),
    [width, height],
  );

  return { svg, view, zoom, reset: () => setMoved(null), lookAt, grab };
}
