import { Alert, Button, Card, Grid, Group, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTables } from "@/api/charts";
import { api, body } from "@/api/client";
import type { components } from "@/api/schema";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { FilterRow } from "./FilterRow";
import { type Drafted, TYPES } from "./drafted";

type Choices = components["schemas"]["Choices"];
const AGGREGATIONS = ["count", "count_distinct", "sum", "avg", "min", "max"] as const;
const GRAINS = ["none", "day", "week", "month", "quarter", "year"] as const;
const DATES = new Set(["date", "datetime"]);
const BEGINNING: Choices = {
  title: "",
  table: "",
  dimension: null,
  grain: "none",
  split_by: null,
  measure: null,
  aggregation: "count",
  filters: [],
  chart_type: "bar",
  limit: 50,
};

/** A chart by hand: table, measure, dimension, filters; no model is asked. */
export function Builder({ onDrawn }: { onDrawn: (draft: Drafted) => void }) {
  const { t } = useTranslation("charts");
  const tables = useTables();
  const [choices, setChoices] = useState(BEGINNING);
  const choose = (changes: Partial<Choices>) => setChoices((before) => ({ ...before, ...changes }));
  const building = useMutation({
    mutationFn: () =>
      body(
        api.POST("/api/v1/charts/build", {
          body: { ...choices, title: choices.title || t("build.untitled") },
        }),
      ),
    onSuccess: (chart) => onDrawn({ chart, prompt: "" }),
  });
  if (tables.isPending) return <Loading rows={2} />;
  if (tables.error) return <Trouble error={tables.error} onRetry={() => void tables.refetch()} />;
  if (tables.data.tables.length === 0) return <Alert>{t("build.noTables")}</Alert>;

  const table = tables.data.tables.find((one) => one.name === choices.table);
  const columns = (table?.columns ?? []).map((column) => ({
    value: column.name,
    label: column.label ? `${column.label} (${column.name})` : column.name,
  }));
  const dimension = table?.columns.find((column) => column.name === choices.dimension);
  const named = (words: readonly string[], group: string) =>
    words.map((value) => ({ value, label: t(`${group}.${value}`) }));

  return (
    <Card withBorder>
      <Stack>
        <Grid>
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <Select
              label={t("build.table")}
              searchable
              required
              data={tables.data.tables.map((one) => ({
                value: one.name,
                label: one.label ? `${one.label} (${one.name})` : one.name,
              }))}
              value={choices.table || null}
              onChange={(name) =>
                setChoices({ ...BEGINNING, title: choices.title, table: name ?? "" })
              }
            />
          </Grid.Col>
          <Grid.Col span={{ base: 12, sm: 6 }}>
            <TextInput
              label={t("build.title")}
              value={choices.title}
              onChange={(event) => choose({ title: event.currentTarget.value })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 6, sm: 3 }}>
            <Select
              label={t("build.aggregation")}
              allowDeselect={false}
              data={named(AGGREGATIONS, "aggregation")}
              value={choices.aggregation}
              onChange={(value) => choose({ aggregation: value as Choices["aggregation"] })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 6, sm: 3 }}>
            <Select
              label={t("build.measure")}
              searchable
              clearable
              data={columns}
              value={choices.measure ?? null}
              onChange={(measure) => choose({ measure })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 6, sm: 3 }}>
            <Select
              label={t("build.dimension")}
              searchable
              clearable
              data={columns}
              value={choices.dimension ?? null}
              onChange={(name) => choose({ dimension: name, grain: "none" })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 6, sm: 3 }}>
            <Select
              label={t("build.grain")}
              allowDeselect={false}
              disabled={!dimension || !DATES.has(dimension.kind)}
              data={named(GRAINS, "grain")}
              value={choices.grain ?? "none"}
              onChange={(grain) => choose({ grain: grain as NonNullable<Choices["grain"]> })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 6, sm: 3 }}>
            <Select
              label={t("build.split")}
              searchable
              clearable
              disabled={!choices.dimension}
              data={columns}
              value={choices.split_by ?? null}
              onChange={(name) => choose({ split_by: name })}
            />
          </Grid.Col>
          <Grid.Col span={{ base: 6, sm: 3 }}>
            <Select
              label={t("draft.type")}
              allowDeselect={false}
              data={named(TYPES, "type")}
              value={choices.chart_type ?? "bar"}
              onChange={(value) =>
                choose({ chart_type: value as NonNullable<Choices["chart_type"]> })
              }
            />
          </Grid.Col>
        </Grid>
        {table &&
          (choices.filters ?? []).map((filter, place) => (
            <FilterRow
              key={place}
              columns={columns}
              filter={filter}
              onChange={(changed) =>
                choose({ filters: (choices.filters ?? []).with(place, changed) })
              }
              onRemove={() => choose({ filters: (choices.filters ?? []).toSpliced(place, 1) })}
            />
          ))}
        <Group>
          <Button
            variant="subtle"
            size="xs"
            disabled={!table}
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() =>
              choose({
                filters: [
                  ...(choices.filters ?? []),
                  { column: table?.columns[0]?.name ?? "id", comparison: "=", values: [] },
                ],
              })
            }
          >
            {t("build.addFilter")}
          </Button>
          <Button disabled={!table} loading={building.isPending} onClick={() => building.mutate()}>
            {t("build.submit")}
          </Button>
        </Group>
        {building.error && <Trouble error={building.error} />}
      </Stack>
    </Card>
  );
}
