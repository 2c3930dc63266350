using System.Text.Json.Serialization;
using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Notifications;

[JsonConverter(typeof(JsonStringEnumConverter<NoticeLanguage>))]
public enum NoticeLanguage
{
    [JsonStringEnumMemberName("zh-CN")]
    Chinese = 1,

    [JsonStringEnumMemberName("en")]
    English = 2,
}

/// <summary>How one customer wants to hear of things; webhooks are beside these.</summary>
/// <param name="Sms">To the phone number that pays.</param>
/// <param name="Mail">An address, or null for none.</param>
public sealed record NotificationSettings(bool Sms, string? Mail, NoticeLanguage Language)
{
    public static readonly NotificationSettings Default = new(Sms: true, Mail: null, NoticeLanguage.Chinese);

    /// <summary>What is worth a message to a person; the log and webhooks have all.</summary>
    public static bool IsForPeople(AccountEventType type) => type != AccountEventType.AccountResumed;
}
