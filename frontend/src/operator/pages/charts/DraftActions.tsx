import { Button, Group, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDeviceFloppy, IconDownload, IconRosetteDiscountCheck } from "@tabler/icons-react";
import { useMutation } from "@tanstack/react-query";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { useChartActions } from "@/api/charts";
import { api, body } from "@/api/client";
import { useMay } from "@/api/session";
import type { ChartData } from "@/api/types";
import { asCsv, saveFile } from "./files";
import type { Drafted } from "./drafted";

interface DraftActionsProps {
  draft: Drafted;
  answer: ChartData | undefined;
  picture: RefObject<HTMLDivElement | null>;
  onSaved: (id: number) => void;
}

/** Save, verify, take away. */
export function DraftActions({ draft, answer, picture, onSaved }: DraftActionsProps) {
  const { t } = useTranslation("charts");
  const may = useMay("operator");
  const { save, change } = useChartActions();
  const { chart, prompt, savedId } = draft;
  const told = (text: string) => notifications.show({ color: "teal", message: text });
  const failed = (error: Error) => notifications.show({ color: "red", message: error.message });
  const verify = useMutation({
    mutationFn: () =>
      body(api.POST("/api/v1/charts/examples", { body: { question: prompt, chart } })),
    onSuccess: () => told(t("draft.verifiedNow")),
    onError: failed,
  });
  const keep = () =>
    savedId === undefined
      ? save.mutate(
          { chart, prompt },
          { onSuccess: ({ id }) => (onSaved(id), told(t("draft.saved"))), onError: failed },
        )
      : change.mutate(
          { id: savedId, chart },
          { onSuccess: () => told(t("draft.saved")), onError: failed },
        );

  const toPng = async () => {
    if (!picture.current) return;
    const { toBlob } = await import("html-to-image");
    const blob = await toBlob(picture.current, { pixelRatio: 2, backgroundColor: "#ffffff" });
    if (blob) saveFile(blob, `${chart.title}.png`);
  };

  return (
    <Group gap="xs">
      {may && (
        <Button
          size="xs"
          leftSection={<IconDeviceFloppy size={14} aria-hidden />}
          loading={save.isPending || change.isPending}
          disabled={!answer}
          onClick={keep}
        >
          {t(savedId === undefined ? "draft.save" : "draft.saveChanges")}
        </Button>
      )}
      {may && prompt && answer && !draft.verified && (
        <Button
          size="xs"
          variant="light"
          leftSection={<IconRosetteDiscountCheck size={14} aria-hidden />}
          loading={verify.isPending}
          onClick={() => verify.mutate()}
        >
          {t("draft.verify")}
        </Button>
      )}
      {answer && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              leftSection={<IconDownload size={14} aria-hidden />}
            >
              {t("draft.export")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void toPng()}>PNG</Menu.Item>
            <Menu.Item onClick={() => saveFile(asCsv(answer), `${chart.title}.csv`)}>CSV</Menu.Item>
            {savedId !== undefined && (
              <Menu.Item component="a" href={`/api/v1/charts/${savedId}/export?kind=xlsx`}>
                XLSX
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </Group>
  );
}
