import {
  ActionIcon,
  Group,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { IconMoon, IconSun } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Language, setLanguage } from "@/lib/i18n";

const NAMES: Record<Language, string> = { ru: "Русский", en: "English" };

/** The other language and the other colours, each one press away; kept in the browser. */
export function Preferences() {
  const { t, i18n } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other: Language = i18n.language === "ru" ? "en" : "ru";
  const Icon = scheme === "dark" ? IconSun : IconMoon;
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        lang={other}
        aria-label={`${other.toUpperCase()}: ${NAMES[other]}`}
        title={NAMES[other]}
        onClick={() => void setLanguage(other)}
      >
        <Text span size="sm" fw={600} tt="uppercase">
          {other}
        </Text>
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t(scheme === "dark" ? "shell.toLight" : "shell.toDark")}
        title={t(scheme === "dark" ? "shell.toLight" : "shell.toDark")}
        onClick={() => setColorScheme(scheme === "dark" ? "light" : "dark")}
      >
        <Icon size={20} stroke={1.6} />
      </ActionIcon>
    </Group>
  );
}
