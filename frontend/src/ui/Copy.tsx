import { ActionIcon, Button, Code, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface CopyProps {
  value: string;
  /** What is copied, for those who do not see the button. */
  label: string;
}

/** A small button that puts a text into the clipboard, and says that it did. */
export function CopyIcon({ value, label }: CopyProps) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t("copied") : label}>
          <ActionIcon
            variant="subtle"
            color={copied ? "teal" : "gray"}
            onClick={copy}
            aria-label={copied ? t("copied") : label}
          >
            {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** The same with words on it. */
export function CopyTextButton({ value, label }: CopyProps) {
  const { t } = useTranslation();
  return (
    <CopyButton value={value}>
      {({ copied, copy }) => (
        <Button
          size="xs"
          variant="default"
          onClick={copy}
          leftSection={copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        >
          {copied ? t("copied") : label}
        </Button>
      )}
    </CopyButton>
  );
}

/** A text to be carried elsewhere, whole, with its button. */
export function Copyable({ value, label }: CopyProps) {
  return (
    <Group gap={4} wrap="nowrap" align="center">
      <Code style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }}>{value}</Code>
      <CopyIcon value={value} label={label} />
    </Group>
  );
}
