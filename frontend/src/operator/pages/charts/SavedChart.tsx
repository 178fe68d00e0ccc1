import { ActionIcon, Card, Group, Menu, Text, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import {
  IconArrowLeft,
  IconArrowRight,
  IconDots,
  IconPin,
  IconPinFilled,
  IconRefresh,
} from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useChartActions, useChartData } from "@/api/charts";
import { useMay } from "@/api/session";
import type { Chart } from "@/api/types";
import { useSentences } from "@/lib/sentences";
import ChartView from "@/ui/chart/ChartView";
import { Confirm } from "@/ui/Confirm";
import { Moment } from "@/ui/Moment";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";

const HEIGHT = 240;
const FILES = ["csv", "xlsx", "json"] as const;

interface SavedChartProps {
  chart: Chart;
  first: boolean;
  last: boolean;
  onEdit: (chart: Chart) => void;
  onMove: (by: -1 | 1) => void;
}

/** One kept chart with the answer it gave last, and what one can do with it. */
export function SavedChart({ chart, first, last, onEdit, onMove }: SavedChartProps) {
  const { t } = useTranslation("charts");
  const may = useMay("operator");
  const data = useChartData(chart.id);
  const say = useSentences();
  const actions = useChartActions();
  const [deleting, setDeleting] = useState(false);
  const failed = (error: Error) => notifications.show({ color: "red", message: error.message });
  return (
    <Card withBorder component="article" aria-label={chart.title}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Text fw={600} truncate>
          {chart.title}
        </Text>
        <Group gap={4} wrap="nowrap">
          {may && chart.pinned && !first && (
            <Act
              label={t("saved.earlier")}
              icon={<IconArrowLeft size={16} />}
              onClick={() => onMove(-1)}
            />
          )}
          {may && chart.pinned && !last && (
            <Act
              label={t("saved.later")}
              icon={<IconArrowRight size={16} />}
              onClick={() => onMove(1)}
            />
          )}
          <Act
            label={t("saved.refresh")}
            icon={<IconRefresh size={16} />}
            busy={actions.refresh.isPending}
            onClick={() => actions.refresh.mutate(chart.id, { onError: failed })}
          />
          {may && (
            <Act
              label={t(chart.pinned ? "saved.unpin" : "saved.pin")}
              icon={chart.pinned ? <IconPinFilled size={16} /> : <IconPin size={16} />}
              onClick={() => actions.pin.mutate(chart.id, { onError: failed })}
            />
          )}
          <Menu position="bottom-end">
            <Menu.Target>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t("saved.more", { title: chart.title })}
              >
                <IconDots size={16} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => onEdit(chart)}>
                {t(may ? "saved.edit" : "saved.open")}
              </Menu.Item>
              {may && (
                <Menu.Item onClick={() => actions.duplicate.mutate(chart.id, { onError: failed })}>
                  {t("saved.duplicate")}
                </Menu.Item>
              )}
              <Menu.Divider />
              {FILES.map((kind) => (
                <Menu.Item
                  key={kind}
                  component="a"
                  href={`/api/v1/charts/${chart.id}/export?kind=${kind}`}
                >
                  {kind.toUpperCase()}
                </Menu.Item>
              ))}
              {may && <Menu.Divider />}
              {may && (
                <Menu.Item color="red" onClick={() => setDeleting(true)}>
                  {t("saved.delete")}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        </Group>
      </Group>
      {data.isPending && <Loading rows={1} height={HEIGHT} />}
      {data.error && <Trouble error={data.error} onRetry={() => void data.refetch()} />}
      {data.data && (
        <>
          <ChartView
            spec={chart.chart}
            rows={data.data.rows}
            columns={data.data.columns}
            height={HEIGHT}
          />
          <Text size="xs" c={data.data.error ? "red" : "dimmed"} mt={4}>
            {data.data.error ? `${say.whole(data.data.error)} ` : ""}
            <Moment at={data.data.at} />
          </Text>
        </>
      )}
      <Confirm
        opened={deleting}
        title={t("saved.deleteTitle")}
        text={t("saved.deleteText", { title: chart.title })}
        action={t("saved.delete")}
        onClose={() => setDeleting(false)}
        onConfirm={() => actions.remove.mutate(chart.id, { onError: failed })}
      />
    </Card>
  );
}

interface ActProps {
  label: string;
  icon: React.ReactNode;
  busy?: boolean;
  onClick: () => void;
}

function Act({ label, icon, busy = false, onClick }: ActProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" aria-label={label} loading={busy} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
