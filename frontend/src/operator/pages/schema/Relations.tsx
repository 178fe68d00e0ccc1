import { Anchor, Button, Card, Grid, Group, NavLink, Stack, Text, Title } from "@mantine/core";
import { IconSchema } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTables } from "@/api/charts";
import type { Table } from "@/api/types";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { Diagram } from "./Diagram";
import { tableTitle } from "./naming";
import { layoutOf, type Relation, relationsOf } from "./relations";
import classes from "./Relations.module.css";

/** How the tables lead to each other: a picture, and the same as a list. */
export function Relations({ onOpen }: { onOpen: (table: string) => void }) {
  const { t, i18n } = useTranslation("schema");
  const tables = useTables();
  const [chosen, setChosen] = useState<string | null>(null);
  const all = useMemo(() => tables.data?.tables ?? [], [tables.data]);
  const relations = useMemo(() => relationsOf(all), [all]);
  const layout = useMemo(() => layoutOf(relations), [relations]);
  if (tables.isPending) return <Loading rows={3} height={120} />;
  if (!tables.data) return <Trouble error={tables.error} onRetry={() => void tables.refetch()} />;
  if (relations.length === 0) {
    return (
      <Empty
        icon={<IconSchema size={40} stroke={1.5} />}
        title={t("relations.none")}
        text={t("relations.noneText")}
      />
    );
  }
  const titles = new Map(
    all.map((table) => [table.name, tableTitle(table, all, i18n.language)] as const),
  );
  const named = (name: string) => titles.get(name) ?? name;
  const listed = all
    .filter((table) => layout.places.has(table.name))
    .sort((one, other) => named(one.name).localeCompare(named(other.name), i18n.language));
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8, lg: 9 }}>
        <Diagram
          layout={layout}
          relations={relations}
          named={named}
          chosen={chosen}
          onChoose={setChosen}
        />
        <Text size="xs" c="dimmed" mt="xs">
          {t("relations.hint")}
        </Text>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4, lg: 3 }}>
        <Stack gap="sm">
          {chosen && (
            <Chosen
              name={chosen}
              relations={relations}
              named={named}
              onChoose={setChosen}
              onOpen={() => onOpen(chosen)}
            />
          )}
          <TableList tables={listed} named={named} chosen={chosen} onChoose={setChosen} />
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

interface ListProps {
  tables: readonly Table[];
  named: (name: string) => string;
  chosen: string | null;
  onChoose: (name: string | null) => void;
}

function TableList({ tables, named, chosen, onChoose }: ListProps) {
  const { t } = useTranslation("schema");
  return (
    <nav aria-label={t("relations.list")} className={classes.list}>
      {tables.map((table) => (
        <NavLink
          key={table.name}
          component="button"
          type="button"
          active={table.name === chosen}
          aria-pressed={table.name === chosen}
          label={named(table.name)}
          description={table.name}
          onClick={() => onChoose(table.name === chosen ? null : table.name)}
        />
      ))}
    </nav>
  );
}

interface ChosenProps {
  name: string;
  relations: readonly Relation[];
  named: (name: string) => string;
  onChoose: (name: string) => void;
  onOpen: () => void;
}

/** The relations of one table in words. */
function Chosen({ name, relations, named, onChoose, onOpen }: ChosenProps) {
  const { t } = useTranslation("schema");
  const sides = [
    {
      head: t("relations.to"),
      lines: relations
        .filter(({ from }) => from === name)
        .map(({ to, columns }) => ({ other: to, columns })),
    },
    {
      head: t("relations.from"),
      lines: relations
        .filter(({ from, to }) => to === name && from !== name)
        .map(({ from, columns }) => ({ other: from, columns })),
    },
  ].filter(({ lines }) => lines.length > 0);
  return (
    <Card withBorder component="section" aria-live="polite">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {named(name)}
        </Title>
        <Button size="compact-sm" variant="light" onClick={onOpen}>
          {t("relations.open")}
        </Button>
      </Group>
      {sides.map(({ head, lines }) => (
        <div key={head}>
          <Text size="xs" c="dimmed" mt="sm">
            {head}
          </Text>
          {lines.map(({ other, columns }) => (
            <Group key={other} gap={6} align="baseline">
              <Anchor
                component="button"
                type="button"
                size="sm"
                mih={24}
                onClick={() => onChoose(other)}
              >
                {named(other)}
              </Anchor>
              <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                {columns.join(", ")}
              </Text>
            </Group>
          ))}
        </div>
      ))}
    </Card>
  );
}
