using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Portal.Texts;

/// <summary>Notifications and settings of the operator.</summary>
internal sealed partial class PortalTexts
{
    public string NotificationsTitle => Say("Notifications", "通知");
    public string NotificationsLead =>
        Say("What customers were told, and what could not be delivered.", "已发送给客户的通知，以及未能送达的通知。");
    public string LastSevenDays => Say("of the last 7 days", "近 7 天");
    public string NoNotifications => Say("No notification.", "无通知。");
    public string ChannelWord => Say("Channel", "渠道");
    public string SendAnew => Say("Send anew", "重发");

    public string TriesWord(int tries) => Say(tries == 1 ? "1 try" : $"{tries} tries", $"已尝试 {tries} 次");

    public string DeliveryStateWord(DeliveryState state) =>
        state switch
        {
            DeliveryState.Pending => Say("on its way", "发送中"),
            DeliveryState.Delivered => Say("delivered", "已送达"),
            _ => Say("failed", "失败"),
        };

    public string EventName(AccountEventType type) =>
        type switch
        {
            AccountEventType.ThresholdReached => Say("Threshold reached", "用量达到阈值"),
            AccountEventType.BucketExpiring => Say("Bucket expiring", "额度即将到期"),
            AccountEventType.AbnormalSpend => Say("Unusual spending", "异常消费"),
            AccountEventType.AccountSuspended => Say("Account suspended", "账户停用"),
            AccountEventType.AccountResumed => Say("Account resumed", "账户恢复"),
            AccountEventType.PriceChanged => Say("Price changed", "价格变动"),
            AccountEventType.PriceKept => Say("Price kept", "价格维持"),
            AccountEventType.SubscriptionRenewing => Say("Plan renews soon", "套餐即将续费"),
            AccountEventType.PaymentRefused => Say("Payment refused", "扣款失败"),
            AccountEventType.SubscriptionSuspended => Say("Plan suspended", "套餐暂停"),
            AccountEventType.SubscriptionEnded => Say("Plan ended", "套餐结束"),
            AccountEventType.BillOverdue => Say("Bill overdue", "账单逾期"),
            _ => type.ToString(),
        };

    public string OperatorSettingsTitle => Say("Settings", "设置");
    public string OperatorSettingsLead =>
        Say(
            "Some are changed here and hold at once, on every server. The others are set in appsettings.json or the environment (TOKENLINE__Commerce__…), and hold from the next start.",
            "部分设置可在此修改，立即对所有服务器生效。其余在 appsettings.json 或环境变量（TOKENLINE__Commerce__…）中修改，重启后生效。"
        );
    public string RetentionWord => Say("How long things are kept", "保留期限");
    public string MessagesWord => Say("Messages to customers", "发给客户的消息");
    public string NeedsRestartTitle => Say("Set where the server is started", "需在启动配置中修改");
    public string NeedsRestartText =>
        Say(
            "What is here needs a restart: it is set in appsettings.json, or in the environment with two underscores for each colon. A line of – is part of the program.",
            "以下设置修改后需重启：写在 appsettings.json 中，或用环境变量（冒号换成两个下划线）。标 – 的为程序内置。"
        );
    public string ChangeTheseSettings => Say("Change these", "修改以上设置");

    public string AsStartedWith(string? value) =>
        Say($"Started with: {value ?? "–"}. Left empty, that holds again.", $"启动时为：{value ?? "–"}。留空则恢复。");

    public string SetBy(string by, DateTime at) => Say($"Set by {by}, {at:yyyy-MM-dd HH:mm}", $"由 {by} 于 {at:yyyy-MM-dd HH:mm} 设置");

    public string NothingToChange => Say("Nothing would change.", "没有改动。");
    public string KeptForEver => Say("for ever", "永久");
    public string RolesOfServer => Say("Database", "数据库");
    public string PriceNoticeDaysWord => Say("Days from a vendor's price to its start", "商户报价提前天数");
    public string UsdRateDayWord => Say("Day of that rate", "汇率日期");
    public string ShopUrlWord => Say("Where customers buy more", "购买入口");
    public string StoredResponseDaysWord => Say("Stored responses, days", "已存回答（天）");
    public string FileDaysWord => Say("Files and ended batches, days", "文件与已结束批任务（天）");
    public string KeepRecordsMonthsWord => Say("Usage records, whole months (0: for ever)", "用量记录（整月，0 为永久）");

    /// <summary>What a setting that changes while the system runs is called.</summary>
    public string SettingName(string name) =>
        name switch
        {
            "Billing:OperatorName" => OperatorName,
            "Billing:PaymentDays" => PaymentDaysWord,
            "Billing:PriceNoticeDays" => PriceNoticeDaysWord,
            "Commerce:UsdRate" => UsdRateWord,
            "Commerce:UsdRateAsOf" => UsdRateDayWord,
            "Commerce:WalletMax" => WalletMaxWord,
            "Commerce:SmsSender" => SmsSenderWord,
            "Commerce:MailFrom" => MailFromWord,
            "Gateway:ShopUrl" => ShopUrlWord,
            "Gateway:StoredResponseDays" => StoredResponseDaysWord,
            "Gateway:FileDays" => FileDaysWord,
            "Cluster:KeepRecordsMonths" => KeepRecordsMonthsWord,
            _ => name,
        };

    /// <summary>What whoever changes it should know; null: nothing but what the preview shows.</summary>
    public string? SettingWarning(IReadOnlyCollection<string> names) =>
        names.Contains("Cluster:KeepRecordsMonths")
            ? Say(
                "Usage records that are older are dropped within half a day, and do not come back. The sums of days stay.",
                "更早的用量记录会在半天内删除，且无法恢复；按日汇总会保留。"
            )
        : names.Contains("Gateway:StoredResponseDays") || names.Contains("Gateway:FileDays")
            ? Say(
                "What is older than that is gone at once for customers, and is removed soon.",
                "超过期限的内容客户将立即看不到，并很快被删除。"
            )
        : names.Contains("Commerce:UsdRate")
            ? Say(
                "Prices in force stay as they are. The rate is used by new prices, by settlements, and by 'tokenline tariff publish'.",
                "已生效的价格不变。新价格、结算以及 tokenline tariff publish 使用新汇率。"
            )
        : names.Contains("Billing:PaymentDays") ? Say("Bills that were made keep their day.", "已出账单的到期日不变。")
        : null;

    public string SettingWord => Say("Setting", "设置项");
    public string ValueWord => Say("Value", "值");
    public string WhereWord => Say("Where it is set", "配置项");
    public string BusinessWord => Say("The business", "业务");
    public string LimitsWord => Say("Limits", "限额");
    public string ReachWord => Say("How it is reached, and whom it reaches", "接入与对外");
    public string OperatorName => Say("Operator's name", "运营商名称");
    public string CurrencyWord => Say("Currency", "币种");
    public string TimeZoneWord => Say("Time zone", "时区");
    public string UsdRateWord => Say("One US dollar", "美元汇率");
    public string TaxPercentWord => Say("Tax within prices of calls", "调用价格含税率");
    public string PaymentDaysWord => Say("Days to pay a bill", "账单付款天数");
    public string WalletMaxWord => Say("The most in a wallet", "钱包上限");
    public string CodesOfNumberWord => Say("Sign-in codes a number", "每号码验证码次数");
    public string WrongCodesWord => Say("Wrong codes a number", "每号码错误次数");
    public string StaffUnusedWord => Say("Staff are signed out after", "工作人员闲置退出");
    public string ApiAddressWord => Say("Public address", "对外地址");
    public string AsTheRequest => Say("that of the request", "与请求相同");
    public string CarrierWord => Say("Carrier", "话费网关");
    public string SmsSenderWord => Say("Sender of text messages", "短信发送号");
    public string MailFromWord => Say("Sender of mails", "邮件发件人");

    public string PerTime(int count, int minutes) => Say($"{count} in {minutes} minutes", $"{minutes} 分钟内 {count} 次");

    public string MinutesWord(int minutes) => Say($"{minutes} minutes", $"{minutes} 分钟");
}
