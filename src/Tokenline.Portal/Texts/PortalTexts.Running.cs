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
            "As this server was started with them. They are changed in appsettings.json or the environment (TOKENLINE__Commerce__…), and hold from the next start.",
            "当前服务器启动时的设置。在 appsettings.json 或环境变量（TOKENLINE__Commerce__…）中修改，重启后生效。"
        );
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
