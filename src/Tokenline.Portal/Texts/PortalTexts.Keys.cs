using Tokenline.Commerce;

namespace Tokenline.Portal.Texts;

/// <summary>Keys.</summary>
internal sealed partial class PortalTexts
{
    public string KeysTitle => Say("Keys", "密钥");

    public string KeyMade(string name) => Say($"{name} is ready", $"“{name}”已创建");

    public string ShownOnce =>
        Say("Copy it now: it is shown this once and kept nowhere.", "请立即复制：密钥仅显示这一次，系统不保存明文。");
    public string KeyIsKept => Say("I have kept it", "我已保存");
    public string YourKeys => Say("Your keys", "您的密钥");
    public string NoKeys => Say("No key yet. Make one below.", "暂无密钥，可在下方创建。");

    public string MadeOn(DateTime at) => Say($"made {at:yyyy-MM-dd}", $"创建于 {at:yyyy-MM-dd}");

    public string NeverExpires => Say("never expires", "长期有效");

    public string OnlyModels(string models) => Say($"Only {models}", $"仅限 {models}");

    public string Revoke => Say("Revoke", "吊销");

    public string RevokeText(string name) =>
        Say(
            $"Programs that use {name} are refused from then on. This cannot be undone.",
            $"使用“{name}”的程序将立即无法调用，且不可恢复。"
        );

    public string RevokeYes => Say("Yes, revoke it", "确认吊销");
    public string NewKey => Say("New key", "创建密钥");
    public string KeyName => Say("Name", "名称");
    public string KeyNameHint => Say("To tell it apart, such as laptop or website", "便于区分，例如：笔记本、网站");
    public string NameExpected => Say("A name has 1 to 100 characters.", "请输入 1 至 100 个字符的名称。");
    public string NameIsTaken => Say("You have a live key of this name. Choose another name.", "已有同名的有效密钥，请换一个名称。");
    public string Expires => Say("Expires", "有效期");

    public string ExpiresAfter(int days) => days == 0 ? Say("never", "长期有效") : Say($"after {days} days", $"{days} 天后");

    public string KeyCap(string currency) => Say($"At most a month, {currency} worth", $"每月用量上限（{currency}）");

    public string KeyCapHint => Say("At list price, whoever pays. Optional.", "按目录价计，可不填。");
    public string KeyRate => Say("Requests a minute, at most", "每分钟请求上限");
    public string OptionalHint => Say("Optional.", "可不填。");
    public string AmountExpected =>
        Say("An amount of more than 0, such as 50 or 9.90, is expected.", "请输入大于 0 的金额，例如 50 或 9.90。");
    public string WholeNumberExpected => Say("A whole number from 1 on is expected.", "请输入大于 0 的整数。");
    public string ChooseModels => Say("Only certain models", "限定可用模型");
    public string MakeKey => Say("Make the key", "创建");
    public string UseKey => Say("Use it", "使用方法");
    public string UseKeyLead =>
        Say(
            "Set the address and the key, keep your program. Any Model ID works with any of these.",
            "填入地址与密钥即可，程序无需改动；任意模型 ID 均可使用。"
        );

    public string EndedKeys(int count) => Say($"Ended keys ({count})", $"已失效的密钥（{count}）");

    public string RevokedOn(DateTime at) => Say($"revoked {at:yyyy-MM-dd HH:mm}", $"已于 {at:yyyy-MM-dd HH:mm} 吊销");

    public string ExpiredOn(DateTime at) => Say($"expired {at:yyyy-MM-dd HH:mm}", $"已于 {at:yyyy-MM-dd HH:mm} 到期");

    public string LastUsed(DateOnly day, DateOnly today) =>
        day == today ? Say("used today", "今天使用过") : Say($"last used {ShortDay(day)}", $"最近使用 {ShortDay(day)}");

    public string NotUsedLately => Say("not used in the last 30 days", "近 30 天未使用");

    public string WrongKeyField(string param, Refused refused) =>
        param switch
        {
            "name" => NameExpected,
            "cap" => AmountExpected,
            "rate" => WholeNumberExpected,
            _ => Of(refused),
        };

    public string InTerminal => Say("In a terminal", "在终端中");

    public string InFile(string file, string also) => Say($"In {file}; before that: {also}", $"写入 {file}；先执行：{also}");

    public string CherryStudio => Say("Settings, Model Provider, add one of the type OpenAI", "设置 → 模型服务 → 添加，类型选 OpenAI");
    public string Cline => Say("Settings of Cline, API Configuration", "Cline 设置 → API Configuration");
}
