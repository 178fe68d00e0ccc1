import { Badge, Grid, Group, NavLink, Stack, Switch, Text, TextInput } from "@mantine/core";
import { IconEye, IconSearch, IconTable, IconTableOff } from "@tabler/icons-react";
import { useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTables } from "@/api/charts";
import { formatNumber } from "@/lib/formats";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { tableTitle } from "./naming";
import { type Match, search } from "./search";
import { TableDetail } from "./TableDetail";
import classes from "./Tables.module.css";

const SHOWN = 6;

interface TablesProps {
  chosen: string | null;
  onChoose: (table: string | null) => void;
}

/** The tables as they are: found by words, shown column by column. */
export function Tables({ chosen, onChoose }: TablesProps) {
  const { t } = useTranslation("schema");
  const tables = useTables();
  const [sought, setSought] = useState("");
  const [views, setViews] = useState(false);
  const words = useDeferredValue(sought);
  const all = useMemo(() => tables.data?.tables ?? [], [tables.data]);
  const found = useMemo(
    () => search(all, words).filter(({ table }) => views || !table.is_view),
    [all, words, views],
  );
  if (tables.isPending) return <Loading rows={8} height={44} />;
  if (!tables.data) return <Trouble error={tables.error} onRetry={() => void tables.refetch()} />;
  if (all.length === 0) {
    return (
      <Empty
        icon={<IconTable size={40} stroke={1.5} />}
        title={t("tables.none")}
        text={t("tables.noneText")}
      />
    );
  }
  const table = all.find((each) => each.name === chosen);
  return (
    <Grid gap="xl">
      <Grid.Col span={{ base: 12, md: 4 }} {...(table ? { visibleFrom: "md" as const } : {})}>
        <Stack gap="sm" className={classes.list ?? ""}>
          <TextInput
            leftSection={<IconSearch size={16} aria-hidden />}
            placeholder={t("tables.search")}
            aria-label={t("tables.search")}
            value={sought}
            onChange={(event) => setSought(event.currentTarget.value)}
          />
          <Group justify="space-between">
            <Text size="xs" c="dimmed" role="status">
              {t("tables.found", { count: found.length })}
            </Text>
            <Switch
              size="xs"
              label={t("tables.views")}
              checked={views}
              onChange={(event) => setViews(event.currentTarget.checked)}
            />
          </Group>
          {found.length === 0 ? (
            <Empty
              icon={<IconTableOff size={40} stroke={1.5} />}
              title={t("tables.nothing")}
              text={t("tables.nothingText")}
            />
          ) : (
            <nav aria-label={t("tab.tables")} className={classes.scroll}>
              {found.map((match) => (
                <Entry
                  key={match.table.name}
                  match={match}
                  title={(language) => tableTitle(match.table, all, language)}
                  active={match.table.name === chosen}
                  onChoose={() => onChoose(match.table.name)}
                />
              ))}
            </nav>
          )}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 8 }}>
        {table ? (
          <TableDetail
            key={table.name}
            table={table}
            tables={all}
            sought={sought}
            onChoose={onChoose}
          />
        ) : (
          <Stack visibleFrom="md">
            <Empty
              icon={<IconTable size={40} stroke={1.5} />}
              title={t("tables.choose")}
              text={t("tables.chooseText")}
            />
          </Stack>
        )}
      </Grid.Col>
    </Grid>
  );
}

interface EntryProps {
  match: Match;
  title: (language: string) => string;
  active: boolean;
  onChoose: () => void;
}

function Entry({ match: { table, columns }, title, active, onChoose }: EntryProps) {
  const { t, i18n } = useTranslation("schema");
  const rows = table.rows === null ? null : formatNumber(table.rows, i18n.language);
  return (
    <NavLink
      component="button"
      type="button"
      active={active}
      aria-current={active}
      onClick={onChoose}
      leftSection={
        table.is_view ? (
          <IconEye size={18} stroke={1.6} aria-hidden />
        ) : (
          <IconTable size={18} stroke={1.6} aria-hidden />
        )
      }
      label={
        <Text size="sm" fw={600} component="span">
          {title(i18n.language)}
        </Text>
      }
      description={
        <>
          <Text component="span" size="xs" ff="monospace" display="block">
            {table.name}
          </Text>
          {columns.slice(0, SHOWN).map((column) => (
            <Badge key={column.name} size="sm" variant="light" tt="none" mr={4} fw={500}>
              {column.label || column.name}
            </Badge>
          ))}
          {columns.length > SHOWN && t("tables.more", { count: columns.length - SHOWN })}
        </>
      }
      rightSection={
        rows && (
          <Text size="xs" c="dimmed" style={{ fontVariantNumeric: "tabular-nums" }}>
            {table.rows_exact ? rows : `≈ ${rows}`}
          </Text>
        )
      }
    />
  );
}
