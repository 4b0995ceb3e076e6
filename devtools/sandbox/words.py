"""What the sandbox itself says to a person, in English and in Japanese."""

from __future__ import annotations

from typing import Any, Literal

Language = Literal["en", "ja"]

_SENTENCES: dict[str, tuple[str, str]] = {
    # what a person could not do
    "no_command": ("there is no command /{name}", "/{name} というコマンドはありません"),
    "not_here": ("/{name} cannot be used here", "/{name} はここでは使えません"),
    "not_allowed": ("{who} may not use /{name}", "{who}さんは /{name} を使えません"),
    "bot_not_here": ("the bot is not in {guild!r}", "「{guild}」にボットはいません"),
    "no_channel": ("the server {guild!r} has no channel", "「{guild}」にチャンネルがありません"),
    "no_subcommand": (
        "/{name} has no subcommand {word!r}",
        "/{name} に「{word}」というサブコマンドはありません",
    ),
    "needs_subcommand": (
        "/{name} needs a subcommand: {there}",
        "/{name} にはサブコマンドが要ります: {there}",
    ),
    "no_option": (
        "/{name} has no option {option!r} (there: {there})",
        "/{name} に「{option}」という項目はありません（あるもの: {there}）",
    ),
    "needs_option": ("/{name} needs {option!r}", "/{name} には「{option}」が要ります"),
    "loose_words": (
        "write options as name:value, not {words!r} (there: {there})",
        "項目は 名前:値 と書きます。「{words}」は読めません（あるもの: {there}）",
    ),
    "no_completion": ("the option {option!r} does not complete", "「{option}」に候補は出ません"),
    "no_choice": (
        "{value!r} is no choice of {option!r} (there: {there})",
        "「{value}」は「{option}」の選択肢にありません（あるもの: {there}）",
    ),
    "option_length": (
        "{option!r} takes {low} to {high} characters, not {length}",
        "「{option}」は{low}〜{high}文字です（いまは{length}文字）",
    ),
    "no_number": (
        "{option!r} takes a number, not {value!r}",
        "「{option}」は数です。「{value}」は読めません",
    ),
    "out_of_range": (
        "{option!r} takes {low} to {high}, not {value}",
        "「{option}」は{low}〜{high}です（いまは{value}）",
    ),
    "no_boolean": (
        "{option!r} takes true or false, not {value!r}",
        "「{option}」は true か false です。「{value}」は読めません",
    ),
    "nobody": (
        "{option!r}: there is no {value!r} here",
        "「{option}」: 「{value}」はここにいません",
    ),
    "dead_button": ("the button {label!r} cannot be pressed", "ボタン［{label}］は押せません"),
    "no_button": (
        "no button {label!r} under the message (there: {there})",
        "［{label}］というボタンはありません（あるもの: {there}）",
    ),
    "not_visible": ("{who} does not see that message", "そのメッセージは{who}さんには見えません"),
    "not_your_modal": (
        "the modal {title!r} is on somebody else's screen",
        "フォーム「{title}」は別の人の画面にあります",
    ),
    "no_file": ("there is no file {path}", "{path} というファイルはありません"),
    "no_field": (
        "no field {fields} in the modal {title!r}",
        "フォーム「{title}」に {fields} という欄はありません",
    ),
    "field_empty": (
        "the field {label!r} must be filled in",
        "「{label}」は入力が必要です",
    ),
    "field_length": (
        "the field {label!r} takes {low} to {high} characters",
        "「{label}」は{low}〜{high}文字です",
    ),
    "no_menu": ("no menu {name} under the message", "メッセージにメニュー{name}はありません"),
    "menu_count": (
        "the menu takes {low} to {high} choices, or is disabled",
        "このメニューで選べるのは{low}〜{high}個です（または無効です）",
    ),
    "menu_no_choice": ("no choice {value!r} in the menu", "メニューに「{value}」はありません"),
    # what a person waited for in vain
    "not_responded": (
        "the application did not respond within {seconds:g} s: {what}",
        "アプリケーションが{seconds:g}秒以内に応答しませんでした: {what}",
    ),
    "not_followed": (
        "deferred and not answered within {seconds:g} s: {what}",
        "「考え中」のまま{seconds:g}秒以内に答えがありませんでした: {what}",
    ),
    # on the screen
    "only_you": ("only you can see this", "あなただけに表示"),
    "silent": ("silent", "通知なし"),
    "edited": ("edited", "編集済み"),
    "thinking": ("is thinking…", "が考え中…"),
    "direct": ("direct message", "ダイレクトメッセージ"),
    "deleted": ("(the message is gone: {text})", "（メッセージは消えました: {text}）"),
    "acknowledged": ("(pressed; nothing changed)", "（押しましたが、変化はありません）"),
    "file": ("file", "ファイル"),
    "form": ("form", "フォーム"),
    "required": ("required", "必須"),
    "now": ("now", "今"),
    "a_file": ("the path of a file", "ファイルのパス"),
    "at_most": ("at most {count} characters", "{count}文字まで"),
    "fill_with": ("fill it in with: fill {example}", "入力するには: fill {example}"),
    "no_choices": ("(no suggestions)", "（候補はありません）"),
    "nothing_here": ("(nothing here yet)", "（まだ何もありません）"),
    "refused": (
        "Discord refused {method} {path}: {code} {message} {where}",
        "Discord が拒否しました {method} {path}: {code} {message} {where}",
    ),
    # the prompt
    "starting": ("Starting {command} (its log: {log})", "起動中 {command}（ログ: {log}）"),
    "ready": (
        "Ready. {count} commands: {names}. Type help for more.",
        "準備ができました。コマンド{count}個: {names}。help で使い方が出ます。",
    ),
    "died": (
        "The bot ended with exit code {code}. The end of {log}:",
        "ボットが終了コード {code} で止まりました。{log} の終わり:",
    ),
    "not_ready": (
        "The bot did not connect and register its commands: {why}. The end of {log}:",
        "ボットが接続とコマンドの登録を終えませんでした: {why}。{log} の終わり:",
    ),
    "restarted": ("(the bot was restarted)", "（ボットを再起動しました）"),
    "touring": ("Nothing was typed: playing {path}", "入力がないので {path} を流します"),
    "you_are": (
        "You are {who} in {guild}, channel {channel}; language {language}, zone {zone}.",
        "{who} さんとして {guild} の #{channel} にいます。言語 {language}、タイムゾーン {zone}。",
    ),
    "others": (
        "People: {people}. Servers: {guilds}.",
        "人: {people}。サーバー: {guilds}。",
    ),
    "admin_on": ("{who} is now an administrator here.", "{who} さんはここの管理者になりました。"),
    "admin_off": (
        "{who} is no longer an administrator here.",
        "{who} さんはここの管理者ではなくなりました。",
    ),
    "no_locale": (
        "{locale!r} is no language of Discord (there: {there})",
        "「{locale}」は Discord の言語にありません（あるもの: {there}）",
    ),
    "no_form": ("no form is open", "開いているフォームはありません"),
    "needs_word": ("{word} needs something after it", "{word} のあとに何か要ります"),
    "no_seconds": ("{text!r} is no number of seconds", "「{text}」は秒数ではありません"),
    "no_span": (
        "{text!r} is no span: write 5h or 30m",
        "「{text}」は時間ではありません。5h や 30m と書きます",
    ),
    "it_is": ("It is {clock} now.", "いま {clock} です。"),
    "not_understood": (
        "not understood: {line!r} (type help)",
        "「{line}」は読めませんでした（help で使い方が出ます）",
    ),
    "failed": ("{count} of {all} lines failed", "{all}行のうち{count}行がうまくいきませんでした"),
    "help": (
        """\
/command option:value …     send a command; a value goes on until the next option
press OK    or   [OK]       press a button, the latest that says so (or its number: press 2)
choose A, B                 choose in the latest menu
fill Label: text | …        fill in the form that is open and send it
complete /command opt:te    what the bot offers while you type
as hanako                   become another member (made when new);  admin: on and off
in another server           go to another server (made when new);  channel NAME
lang ja                     Discord's language for this person
look · who · wait 2 · later 5h · restart · help · quit        # a comment
Commands here:""",
        """\
/コマンド 項目:値 …         コマンドを送る。値は次の項目まで続く
press OK  または [OK]       ボタンを押す（同じ名前なら最新のもの。番号でも: press 2）
choose A, B                 いちばん新しいメニューで選ぶ
fill ラベル: 文 | …         開いているフォームに書いて送る
complete /コマンド 項目:途  入力中にボットが出す候補
as ハナコ                   別の人になる（いなければ加わる）。admin: 管理者の切り替え
in 別のサーバー             別のサーバーへ移る（なければ作る）。channel 名前
lang en-US                  この人の Discord の言語
look · who · wait 2 · later 5h · restart · help · quit        # 行頭の # は注釈
ここのコマンド:""",
    ),
}


def say(key: str, language: Language = "en", /, **values: Any) -> str:
    """Return a sentence in a language."""
    english, japanese = _SENTENCES[key]
    return (japanese if language == "ja" else english).format(**values)
