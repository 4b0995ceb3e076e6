"""Write domain/zone_names.json: countries and large cities in both languages, and their zones.

    python -m venv /tmp/cldr && /tmp/cldr/bin/pip install babel==2.18.0
    /tmp/cldr/bin/python -m devtools.zone_names

The names of countries and of the zones' own cities come from CLDR through Babel, which the bot
itself does not need; cities that have no zone of their own stand below.
"""

import json
from pathlib import Path
from zoneinfo import available_timezones

FILE = Path(__file__).resolve().parents[1] / "domain" / "zone_names.json"
# Countries with several zones in which one has almost everybody.
MAIN = {
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CN": "Asia/Shanghai",
    "CY": "Asia/Nicosia",
    "DE": "Europe/Berlin",
    "EC": "America/Guayaquil",
    "ES": "Europe/Madrid",
    "MY": "Asia/Kuala_Lumpur",
    "NZ": "Pacific/Auckland",
    "PT": "Europe/Lisbon",
    "UA": "Europe/Kyiv",
    "UZ": "Asia/Tashkent",
}
# CLDR keeps the name that a zone had first.
RENAMED = {
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Europe/Kiev": "Europe/Kyiv",
    "Atlantic/Faeroe": "Atlantic/Faroe",
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "America/Godthab": "America/Nuuk",
    "Pacific/Truk": "Pacific/Chuuk",
    "Pacific/Ponape": "Pacific/Pohnpei",
}
CITIES = {
    "Asia/Tokyo": "JST 日本標準時 Osaka 大阪 Kyoto 京都 Nagoya 名古屋 Sapporo 札幌 Fukuoka 福岡 Sendai 仙台 "
    "Hiroshima 広島 Yokohama 横浜 Kobe 神戸 Naha 那覇 Okinawa 沖縄",
    "Asia/Seoul": "KST Busan 釜山",
    "Asia/Shanghai": "Beijing 北京 Shenzhen 深圳 Guangzhou 広州 Chengdu 成都 Wuhan 武漢",
    "Asia/Kolkata": "IST Mumbai ムンバイ Delhi デリー Bangalore Bengaluru バンガロール Chennai チェンナイ コルカタ",
    "Asia/Ho_Chi_Minh": "Hanoi ハノイ Saigon サイゴン",
    "Europe/London": "GMT BST Manchester マンチェスター Edinburgh エディンバラ England イングランド UK",
    "Europe/Berlin": "CET CEST Munich ミュンヘン Hamburg ハンブルク Frankfurt フランクフルト Cologne ケルン",
    "Europe/Paris": "Lyon リヨン Marseille マルセイユ",
    "Europe/Rome": "Milan ミラノ Naples ナポリ",
    "Europe/Madrid": "Barcelona バルセロナ",
    "Europe/Zurich": "Geneva ジュネーブ",
    "Europe/Moscow": "St_Petersburg サンクトペテルブルク",
    "America/New_York": "EST EDT ET Boston ボストン Washington ワシントン Miami マイアミ Atlanta アトランタ "
    "Philadelphia フィラデルフィア",
    "America/Chicago": "CST CDT CT Houston ヒューストン Dallas ダラス Austin オースティン",
    "America/Denver": "MST MDT MT",
    "America/Los_Angeles": "PST PDT PT San_Francisco サンフランシスコ Seattle シアトル San_Diego サンディエゴ "
    "Las_Vegas ラスベガス Portland ポートランド",
    "America/Puerto_Rico": "San_Juan サンフアン",
    "America/Toronto": "Montreal モントリオール Ottawa オタワ",
    "America/Sao_Paulo": "Rio_de_Janeiro リオデジャネイロ Brasilia ブラジリア",
    "Australia/Sydney": "Canberra キャンベラ AEST AEDT",
    "Pacific/Honolulu": "HST Hawaii ハワイ",
    "UTC": "協定世界時",
}


def names() -> dict[str, str]:
    """Return each name as people write it, and the zone that it stands for."""
    from babel import Locale
    from babel.core import get_global
    from babel.dates import get_timezone_location

    found: dict[str, str] = {}
    zones_of = get_global("territory_zones")
    for code in ("en", "ja"):
        locale = Locale(code)
        for territory, zones in zones_of.items():
            known = [RENAMED.get(zone, zone) for zone in zones if zone in available_timezones()]
            main = known[0] if len(known) == 1 else MAIN.get(territory)
            if main and territory in locale.territories:
                found.setdefault(locale.territories[territory], main)
            for zone in known:
                found[get_timezone_location(zone, locale=locale, return_city=True)] = zone
    for zone, cities in CITIES.items():
        found |= {city.replace("_", " "): zone for city in cities.split()}
    return dict(sorted(found.items()))


if __name__ == "__main__":
    text = json.dumps(names(), ensure_ascii=False, indent=0)
    FILE.write_text(text + "\n", encoding="utf-8")
