import { Button, Stack, Table, Text, Title } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { useMay } from "@/api/session";
import { formatDuration } from "@/lib/formats";
import { useSentences } from "@/lib/sentences";
import { Folded } from "@/ui/Folded";
import { Listing } from "@/ui/Listing";
import { Moment } from "@/ui/Moment";
import { Empty } from "@/ui/States";

const AGAIN_MS = 2_000;

/** What waits, who works, and what was given up. */
export function Queue() {
  const { t, i18n } = useTranslation("monitoring");
  const may = useMay("operator");
  const queries = useQueryClient();
  const say = useSentences();
  const queue = useQuery({
    queryKey: ["system", "queue"],
    queryFn: () => body(api.GET("/api/v1/system/queue")),
    refetchInterval: AGAIN_MS,
  });
  const revive = useMutation({
    mutationFn: (id: number) =>
      body(api.POST("/api/v1/system/queue/{job_id}/revive", { params: { path: { job_id: id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["system", "queue"] }),
  });
  const state = {
    pending: queue.isPending,
    error: queue.error,
    onRetry: () => void queue.refetch(),
  };
  const oldest = queue.data?.oldest_waiting_seconds;
  return (
    <Stack gap="xl">
      <section>
        <Title order={2} size="h5" mb="xs">
          {t("queue.jobs")}
        </Title>
        {(queue.data?.depths.length ?? 0) > 0 && (
          <Text size="sm" c="dimmed" mb="xs">
            {oldest == null
              ? t("queue.idle")
              : t("queue.oldest", { time: formatDuration(oldest, i18n.language) })}
          </Text>
        )}
        <Listing
          {...state}
          label={t("queue.jobs")}
          heads={[t("queue.task"), t("queue.state"), t("queue.count")]}
          empty={
            <Empty
              icon={<IconStack2 size={40} stroke={1.5} />}
              title={t("queue.none")}
              text={t("queue.noneText")}
            />
          }
          rows={(queue.data?.depths ?? []).map((depth) => (
            <Table.Tr key={`${depth.task} ${depth.state}`}>
              <Table.Td ff="monospace">{depth.task}</Table.Td>
              <Table.Td>{t(`job.${depth.state}`, { defaultValue: depth.state })}</Table.Td>
              <Table.Td>{depth.jobs}</Table.Td>
            </Table.Tr>
          ))}
        />
      </section>
      <section>
        <Title order={2} size="h5" mb="xs">
          {t("queue.dead")}
        </Title>
        <Listing
          {...state}
          label={t("queue.dead")}
          heads={[t("queue.task"), t("queue.attempts"), t("queue.error"), t("queue.ended"), ""]}
          empty={
            <Text c="dimmed" size="sm">
              {t("queue.noDead")}
            </Text>
          }
          rows={(queue.data?.dead ?? []).map((job) => (
            <Table.Tr key={job.id}>
              <Table.Td ff="monospace">{job.task}</Table.Td>
              <Table.Td>{job.attempts}</Table.Td>
              <Table.Td maw={420}>
                {job.error && <Text size="sm">{say.whole(job.error)}</Text>}
                {job.where && <Folded title={t("queue.where")} text={job.where} />}
              </Table.Td>
              <Table.Td>{job.finished_at && <Moment at={job.finished_at} />}</Table.Td>
              <Table.Td>
                {may && (
                  <Button
                    size="compact-xs"
                    variant="light"
                    loading={revive.isPending}
                    onClick={() => revive.mutate(job.id)}
                  >
                    {t("queue.revive")}
                  </Button>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        />
      </section>
    </Stack>
  );
}
