import { Badge, Group, Stack, Table, Text } from "@mantine/core";
import { IconWebhook } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, body } from "@/api/client";
import { useTitles } from "@/api/status";
import { happened, objectOf } from "@/lib/events";
import { formatNumber } from "@/lib/formats";
import { useSentences } from "@/lib/sentences";
import { Listing } from "@/ui/Listing";
import { Moment } from "@/ui/Moment";
import { Empty } from "@/ui/States";

const PAGE = 50;
const AGAIN_MS = 2_000;

/** The portal's events as they arrive, what came of each, and what was turned away. */
export function Events() {
  const { t, i18n } = useTranslation("monitoring");
  const common = useTranslation().t;
  const titleOf = useTitles();
  const say = useSentences();
  const status = useQuery({
    queryKey: ["webhooks", "status"],
    queryFn: () => body(api.GET("/api/v1/webhooks/status")),
    refetchInterval: AGAIN_MS,
  });
  const events = useInfiniteQuery({
    queryKey: ["sync", "events", "all"],
    queryFn: ({ pageParam }) =>
      body(
        api.GET("/api/v1/sync/events", {
          params: { query: { limit: PAGE, ...(pageParam ? { before: pageParam } : {}) } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.before ?? undefined,
    refetchInterval: AGAIN_MS,
  });
  const listed = events.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <Stack>
      <Group gap="xs">
        {status.data?.received.map((one) => (
          <Badge key={one.name} variant="light" tt="none">
            {one.name}: {formatNumber(one.events, i18n.language)}
          </Badge>
        ))}
        {status.data?.refusals.map((one) => (
          <Badge key={one.reason} variant="light" color="red" tt="none">
            {t("events.refused", {
              reason: common(`refusal.${one.reason}`, { defaultValue: one.reason }),
              count: one.refused,
            })}
          </Badge>
        ))}
      </Group>
      <Listing
        label={t("tab.events")}
        heads={[
          t("events.event"),
          t("events.record"),
          t("events.source"),
          t("events.received"),
          t("events.outcome"),
        ]}
        pending={events.isPending}
        error={events.error}
        onRetry={() => void events.refetch()}
        more={events.hasNextPage}
        loadingMore={events.isFetchingNextPage}
        onMore={() => void events.fetchNextPage()}
        empty={
          <Empty
            icon={<IconWebhook size={40} stroke={1.5} />}
            title={t("events.none")}
            text={t("events.noneText")}
          />
        }
        rows={listed.map((event) => (
          <Table.Tr key={event.id}>
            <Table.Td>
              <Text size="sm">{happened(event.name, common)}</Text>
              <Text size="xs" c="dimmed" ff="monospace">
                {event.name}
              </Text>
            </Table.Td>
            <Table.Td>
              {[titleOf(objectOf(event.entity)), event.object_id].filter(Boolean).join(" · ")}
            </Table.Td>
            <Table.Td>{t(`source.${event.source}`)}</Table.Td>
            <Table.Td style={{ whiteSpace: "nowrap" }}>
              <Moment at={event.received_at} />
            </Table.Td>
            <Table.Td>
              <Badge
                variant="light"
                tt="none"
                color={event.error ? "red" : event.state === "done" ? "teal" : "yellow"}
              >
                {t(`outcome.${event.outcome ?? event.state}`, {
                  defaultValue: event.outcome ?? event.state,
                })}
              </Badge>
              {event.error && (
                <Text size="xs" c="red" mt={4}>
                  {say.whole(event.error)}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      />
    </Stack>
  );
}
