import {
  Alert,
  Button,
  Center,
  Code,
  CopyButton,
  Group,
  Skeleton,
  Stack,
  Text,
} from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCopy, IconRefresh } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

/** While the first answer is awaited: the shape of what will come. */
export function Loading({ rows = 3, height = 64 }: { rows?: number; height?: number }) {
  const { t } = useTranslation();
  return (
    <Stack gap="sm" role="status" aria-label={t("loading")}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  );
}

interface EmptyProps {
  icon: ReactNode;
  title: string;
  text: string;
  action?: ReactNode;
}

/** Nothing is there: says why, and what to do. */
export function Empty({ icon, title, text, action }: EmptyProps) {
  return (
    <Center py={48} px="md">
      <Stack align="center" gap="xs" maw={420} ta="center">
        <Text c="dimmed" component="span" aria-hidden>
          {icon}
        </Text>
        <Text fw={600}>{title}</Text>
        <Text c="dimmed" size="sm">
          {text}
        </Text>
        {action}
      </Stack>
    </Center>
  );
}

interface FailureProps {
  /** What did not work, in words. */
  title: string;
  message: string;
  traceId?: string;
  onRetry?: () => void;
}

/** Something failed: the sentence, the id that finds it in the log, the way out. */
export function Failure({ title, message, traceId, onRetry }: FailureProps) {
  const { t } = useTranslation();
  return (
    <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={title} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{message}</Text>
        <Group gap="xs">
          {onRetry && (
            <Button
              size="xs"
              variant="light"
              leftSection={<IconRefresh size={14} />}
              onClick={onRetry}
            >
              {t("retry")}
            </Button>
          )}
          {traceId && <TraceId value={traceId} />}
        </Group>
      </Stack>
    </Alert>
  );
}

function TraceId({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          onClick={copy}
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          aria-label={t("copyTrace", { id: value })}
        >
          <Code>{value.slice(0, 12)}</Code>
        </Button>
      )}
    </CopyButton>
  );
}
