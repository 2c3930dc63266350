using System.Globalization;
using System.Net.Mail;

namespace Tokenline.Commerce.Configuration;

/// <summary>A value that was entered and can be used.</summary>
/// <param name="Text">As it is kept and shown.</param>
public sealed record ReadSetting(string Text, Func<SettingValues, SettingValues> On);

/// <summary>One setting that changes while the system runs: its name in <c>appsettings.json</c>, and what it takes.</summary>
public sealed record RunningSetting(string Name, Func<string, Outcome<ReadSetting>> Read)
{
    public const int TextLengthMax = 200;
    private const decimal UsdRateMax = 1_000_000;
    private const int DaysMax = 3650;

    /// <summary>Usage records are dropped by whole months, and bills of the last ones are still made of them.</summary>
    private const int KeptMonthsMin = 3;

    public const string UsdRate = "Commerce:UsdRate";
    public const string UsdRateAsOf = "Commerce:UsdRateAsOf";
    public const string KeepRecordsMonths = "Cluster:KeepRecordsMonths";

    public static IReadOnlyList<RunningSetting> All { get; } =
    [
        Text("Billing:OperatorName", "1 to 64 characters.", IsName, (values, text) => values with { OperatorName = text }),
        Number("Billing:PaymentDays", 0, 365, (values, number) => values with { PaymentDays = number }),
        Number("Billing:PriceNoticeDays", 0, 365, (values, number) => values with { PriceNoticeDays = number }),
        new(UsdRate, ReadRate),
        Text(UsdRateAsOf, "A day such as 2026-09-01.", IsDay, (values, text) => values with { UsdRateAsOf = text }),
        Number("Commerce:WalletMax", 1, 100_000_000, (values, number) => values with { WalletMax = number }),
        Text(
            "Commerce:SmsSender",
            "3 to 15 digits or letters: a number or a short code.",
            text => text.Length is >= 3 and <= 15 && text.All(char.IsAsciiLetterOrDigit),
            (values, text) => values with { SmsSender = text }
        ),
        Text(
            "Commerce:MailFrom",
            "An address such as no-reply@operator.example.",
            IsMail,
            (values, text) => values with { MailFrom = text }
        ),
        Text(
            "Gateway:ShopUrl",
            "A web address such as https://shop.operator.example/.",
            IsWebAddress,
            (values, text) => values with { ShopUrl = text }
        ),
        Number("Gateway:StoredResponseDays", 1, DaysMax, (values, number) => values with { StoredResponseDays = number }),
        Number("Gateway:FileDays", 1, DaysMax, (values, number) => values with { FileDays = number }),
        new(KeepRecordsMonths, ReadMonths),
    ];

    public static RunningSetting? Find(string name) => All.FirstOrDefault(known => known.Name == name);

    private static RunningSetting Text(
        string name,
        string expected,
        Func<string, bool> isFine,
        Func<SettingValues, string, SettingValues> on
    ) => new(name, text => isFine(text) ? new ReadSetting(text, values => on(values, text)) : Refused.Invalid(name, expected));

    private static RunningSetting Number(string name, int least, int most, Func<SettingValues, int, SettingValues> on) =>
        new(
            name,
            text =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                    ? new ReadSetting(number.ToString(CultureInfo.InvariantCulture), values => on(values, number))
                    : Refused.Invalid(name, string.Create(CultureInfo.InvariantCulture, $"A whole number from {least} to {most}."))
        );

    private static Outcome<ReadSetting> ReadRate(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate)
        && rate is > 0 and <= UsdRateMax
        && rate == decimal.Round(rate, 6)
            ? new ReadSetting(rate.ToString("0.######", CultureInfo.InvariantCulture), values => values with { UsdRate = rate })
            : Refused.Invalid(UsdRate, "More than 0 and at most 1,000,000, with at most six decimals.");

    private static Outcome<ReadSetting> ReadMonths(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var months) && months is 0 or (>= KeptMonthsMin and <= 1200)
            ? new ReadSetting(months.ToString(CultureInfo.InvariantCulture), values => values with { KeepRecordsMonths = months })
            : Refused.Invalid(KeepRecordsMonths, $"A whole number of months, {KeptMonthsMin} or more; 0: for ever.");

    private static bool IsName(string text) => text.Length is >= 1 and <= 64 && !text.Any(char.IsControl);

    private static bool IsDay(string text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static bool IsMail(string text) =>
        text.Length <= TextLengthMax
        && text.All(c => c is > ' ' and < '\x7f')
        && MailAddress.TryCreate(text, out var mail)
        && mail.Address == text;

    private static bool IsWebAddress(string text) =>
        text.Length <= TextLengthMax
        && Uri.TryCreate(text, UriKind.Absolute, out var url)
        && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp);
}
