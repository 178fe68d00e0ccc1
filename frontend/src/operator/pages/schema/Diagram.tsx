import { ActionIcon, Group } from "@mantine/core";
import { IconMinus, IconPlus, IconZoomReset } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type Layout, NODE, type Place, type Relation } from "./relations";
import classes from "./Relations.module.css";
import { useView } from "./view";

interface DiagramProps {
  layout: Layout;
  relations: readonly Relation[];
  named: (name: string) => string;
  chosen: string | null;
  onChoose: (name: string | null) => void;
}

// As many letters of each kind as a box has room for; bold ones are wider.
const LETTERS = { title: 16, name: 20 } as const;
const cut = (text: string, kind: keyof typeof LETTERS) =>
  text.length > LETTERS[kind] ? `${text.slice(0, LETTERS[kind] - 1)}…` : text;

/** The tables and what leads to what; the list beside it says the same to those who cannot see. */
export function Diagram({ layout, relations, named, chosen, onChoose }: DiagramProps) {
  const { t } = useTranslation("schema");
  const { svg, view, zoom, reset, lookAt, grab } = useView(layout.width, layout.height);
  const place = chosen ? layout.places.get(chosen) : undefined;
  useEffect(() => {
    if (place) lookAt({ x: place.x + NODE.width / 2, y: place.y + NODE.height / 2 });
  }, [place, lookAt]);
  const near = new Set(
    relations
      .filter(({ from, to }) => from === chosen || to === chosen)
      .flatMap(({ from, to }) => [from, to]),
  );
  const lit = ({ from, to }: Relation) => from === chosen || to === chosen;
  const edges = [...relations].sort((one, other) => Number(lit(one)) - Number(lit(other)));
  return (
    <div className={classes.frame}>
      <svg
        ref={svg}
        className={classes.picture}
        viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
        role="img"
        aria-label={t("relations.picture", { count: layout.places.size })}
        onPointerDown={grab}
      >
        {edges.map((relation) => {
          const from = layout.places.get(relation.from);
          const to = layout.places.get(relation.to);
          if (!from || !to || from === to) return null;
          const look = lit(relation) ? classes.lit : chosen ? classes.far : "";
          return (
            <path
              key={`${relation.from}>${relation.to}`}
              className={`${classes.edge} ${look}`}
              d={curve(from, to)}
            />
          );
        })}
        {[...layout.places.values()].map((each) => (
          <Node
            key={each.name}
            place={each}
            title={named(each.name)}
            look={
              each.name === chosen
                ? (classes.chosen ?? "")
                : near.has(each.name)
                  ? (classes.near ?? "")
                  : chosen
                    ? (classes.far ?? "")
                    : ""
            }
            onChoose={() => onChoose(each.name === chosen ? null : each.name)}
          />
        ))}
      </svg>
      <Group className={classes.tools ?? ""} gap={4}>
        <ActionIcon variant="default" onClick={() => zoom(0.8)} aria-label={t("relations.in")}>
          <IconPlus size={16} />
        </ActionIcon>
        <ActionIcon variant="default" onClick={() => zoom(1.25)} aria-label={t("relations.out")}>
          <IconMinus size={16} />
        </ActionIcon>
        <ActionIcon variant="default" onClick={reset} aria-label={t("relations.whole")}>
          <IconZoomReset size={16} />
        </ActionIcon>
      </Group>
    </div>
  );
}

interface NodeProps {
  place: Place;
  title: string;
  look: string;
  onChoose: () => void;
}

function Node({ place, title, look, onChoose }: NodeProps) {
  return (
    <g
      className={`${classes.node} ${look}`}
      transform={`translate(${place.x} ${place.y})`}
      onClick={onChoose}
    >
      <title>{title}</title>
      <rect width={NODE.width} height={NODE.height} rx={8} />
      <text x={12} y={20}>
        {cut(title, "title")}
      </text>
      <text x={12} y={37} className={classes.name}>
        {cut(place.name, "name")}
      </text>
    </g>
  );
}

/** From the right side of a table to the left side of the next, or around when it lies behind. */
function curve(from: Place, to: Place): string {
  const behind = to.x <= from.x;
  const x1 = from.x + NODE.width;
  const y1 = from.y + NODE.height / 2;
  const x2 = behind ? to.x + NODE.width : to.x;
  const y2 = to.y + NODE.height / 2;
  const bend = NODE.across * 0.7;
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${behind ? x2 + bend : x2 - bend} ${y2} ${x2} ${y2}`;
}
