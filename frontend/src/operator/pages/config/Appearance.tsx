import { Radio, SimpleGrid, Stack, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Language, LANGUAGES, setLanguage } from "@/lib/i18n";
import { Section } from "./Section";

const NAMES = { ru: "Русский", en: "English" } as const;
const SCHEMES = ["auto", "light", "dark"] as const;

/** Language and colours of this browser. */
export function Appearance() {
  const { t, i18n } = useTranslation("config");
  const common = useTranslation().t;
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
      <Section level={2} title={common("shell.language")} hint={t("appearance.languageHint")}>
        <Radio.Group
          aria-label={common("shell.language")}
          value={i18n.language}
          onChange={(language) => void setLanguage(language as Language)}
        >
          <Stack gap="xs">
            {LANGUAGES.map((language) => (
              <Radio key={language} value={language} label={NAMES[language]} lang={language} />
            ))}
          </Stack>
        </Radio.Group>
      </Section>
      <Section level={2} title={common("shell.theme")} hint={t("appearance.themeHint")}>
        <Radio.Group
          aria-label={common("shell.theme")}
          value={colorScheme}
          onChange={(scheme) => setColorScheme(scheme as (typeof SCHEMES)[number])}
        >
          <Stack gap="xs">
            {SCHEMES.map((scheme) => (
              <Radio key={scheme} value={scheme} label={common(`shell.${scheme}`)} />
            ))}
          </Stack>
        </Radio.Group>
      </Section>
    </SimpleGrid>
  );
}
