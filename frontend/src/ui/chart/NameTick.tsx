import type { XAxisTickContentProps } from "recharts";
import { inTwoLines } from "./values";

const SIZE = 12;
const LETTER_WIDTH = 0.62 * SIZE;
const LEAST_LETTERS = 6;

/** The name of a bar below it, over two lines where it has two words. */
export function NameTick({
  x,
  y,
  width,
  visibleTicksCount,
  index,
  name,
}: Pick<XAxisTickContentProps, "x" | "y" | "width" | "visibleTicksCount" | "index"> & {
  name: string;
}) {
  const room = Number(width) / visibleTicksCount / LETTER_WIDTH;
  // Where bars are narrow, as on a phone, only every so manieth has a name one can read.
  const every = Math.max(1, Math.ceil(LEAST_LETTERS / room));
  if (index % every > 0) return null;
  const letters = Math.floor(room * every);
  return (
    <text x={x} y={y} textAnchor="middle" fontSize={SIZE} fill="var(--mantine-color-dimmed)">
      {inTwoLines(name, letters).map((line, place) => (
        <tspan key={place} x={x} dy={SIZE + 2 * place}>
          {line}
        </tspan>
      ))}
    </text>
  );
}
