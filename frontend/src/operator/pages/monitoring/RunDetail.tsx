import {
  Alert,
  Badge,
  Button,
  Drawer,
  Group,
  SimpleGrid,
  Stack,
  Text,
  Timeline,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useSyncActions } from "@/api/actions";
import { api, body } from "@/api/client";
import { useMay } from "@/api/session";
import { useTitles } from "@/api/status";
import type { Run, RunError } from "@/api/types";
import { formatDuration, formatMoment, formatNumber } from "@/lib/formats";
import { useSentences } from "@/lib/sentences";
import { lineText } from "@/lib/timeline";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { RUN_COLOR, took } from "./Runs";

const AGAIN_MS = 1_000;

/** One run from beginning to end: pages, waits, retries, schema changes, errors. */
export function RunDetail({ id, onClose }: { id: number; onClose: () => void }) {
  const { t, i18n } = useTranslation("monitoring");
  const common = useTranslation().t;
  const said = useSentences();
  const detail = useQuery({
    queryKey: ["sync", "runs", id],
    queryFn: () =>
      body(api.GET("/api/v1/sync/runs/{run_id}", { params: { path: { run_id: id } } })),
    refetchInterval: (query) => (query.state.data?.run.finished_at === null ? AGAIN_MS : false),
  });
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="xl"
      title={t("run.title", { id })}
      closeButtonProps={{ "aria-label": common("close") }}
    >
      {detail.isPending && <Loading rows={6} height={40} />}
      {detail.error && !detail.data && <Trouble error={detail.error} />}
      {detail.data && (
        <Stack>
          <Summary run={detail.data.run} />
          {detail.data.schema_changes.length > 0 && (
            <Alert color="bridge" title={t("run.schema")}>
              {detail.data.schema_changes.map((change) => (
                <Text key={change.id} size="sm" style={{ overflowWrap: "anywhere" }}>
                  {t(`change.${change.kind}`, {
                    table: change.table_name,
                    column: change.column_name,
                    before: change.before,
                    after: change.after,
                  })}
                </Text>
              ))}
            </Alert>
          )}
          <Timeline bulletSize={12} lineWidth={2}>
            {detail.data.timeline.map((line) => (
              <Timeline.Item
                key={line.id}
                color={line.kind === "error" ? "red" : line.kind === "retry" ? "yellow" : "bridge"}
              >
                <Text size="sm">
                  {lineText(line, { t: common, language: i18n.language, say: said.whole })}
                </Text>
                <Text size="xs" c="dimmed">
                  {formatMoment(line.at, i18n.language, true)}
                </Text>
              </Timeline.Item>
            ))}
          </Timeline>
        </Stack>
      )}
    </Drawer>
  );
}

function Summary({ run }: { run: Run }) {
  const { t, i18n } = useTranslation("monitoring");
  const may = useMay("operator");
  const titleOf = useTitles();
  const { cancel } = useSyncActions(run.entity);
  const number = (value: number) => formatNumber(value, i18n.language);
  const figures: [string, string][] = [
    [t("runs.took"), took(run, i18n.language)],
    [t("runs.rows"), number(run.rows_read)],
    [t("run.inserted"), number(run.inserted)],
    [t("run.updated"), number(run.updated)],
    [t("run.unchanged"), number(run.unchanged)],
    [t("run.deleted"), number(run.deleted)],
    [t("run.quarantined"), number(run.quarantined)],
    [t("runs.calls"), number(run.http_calls)],
    [t("run.attempts"), number(run.attempts)],
  ];
  const left = run.progress?.finish_in_seconds;
  if (left != null && run.finished_at === null)
    figures.push([t("run.left"), formatDuration(left, i18n.language)]);
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Group gap="xs">
          <Text fw={600}>{titleOf(run.entity)}</Text>
          <Badge variant="light" tt="none" color={RUN_COLOR[run.status]}>
            {t(`status.${run.status}`)}
          </Badge>
          <Text size="sm" c="dimmed">
            {t(`mode.${run.mode}`)}
            {run.asked_by &&
              ` · ${t(`run.askedBy.${run.asked_by}`, {
                defaultValue: t("run.askedByName", { who: run.asked_by }),
              })}`}
          </Text>
        </Group>
        {may && run.finished_at === null && (
          <Button
            size="xs"
            color="red"
            variant="light"
            loading={cancel.isPending}
            onClick={() => cancel.mutate(run.id)}
          >
            {t("run.cancel")}
          </Button>
        )}
      </Group>
      <SimpleGrid cols={{ base: 2, xs: 3, sm: 5 }} spacing="xs">
        {figures.map(([label, value]) => (
          <div key={label}>
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text size="sm" fw={600}>
              {value}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {run.error && <Why error={run.error} />}
    </Stack>
  );
}

/** Class, origin, what happened and what helps. */
function Why({ error }: { error: RunError }) {
  const { t } = useTranslation("monitoring");
  const { what, remedy } = useSentences().halves(error);
  return (
    <Alert color="red" title={`${error.code} · ${t(`origin.${error.origin}`)}`}>
      <Text size="sm">{what}</Text>
      {remedy && (
        <Text size="sm" fw={500} mt={4}>
          {remedy}
        </Text>
      )}
    </Alert>
  );
}
