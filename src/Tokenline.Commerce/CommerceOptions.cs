using Tokenline.Commerce.Configuration;

namespace Tokenline.Commerce;

/// <summary>The operator's settings for selling. The currency is fixed with the first start: amounts in the books carry it.</summary>
public sealed record CommerceOptions
{
    /// <summary>What was set meanwhile; it comes before what is said here.</summary>
    public RunningSettings Running { get; init; } = new();

    /// <summary>The currency of prices, wallets and bills.</summary>
    public Currency Currency { get; init; } = Currency.Cny;

    /// <summary>Units of <see cref="Currency"/> for one US dollar: what vendors' dollar prices are converted at.</summary>
    public decimal UsdRate
    {
        get => Running.Values.UsdRate ?? field;
        init;
    } = 6.7379m;

    /// <summary>The day the rate was taken, for those who ask.</summary>
    public string UsdRateAsOf
    {
        get => Running.Values.UsdRateAsOf ?? field;
        init;
    } = "2026-08-22";

    /// <summary>Tz database name: whose months plans run by.</summary>
    public string TimeZone { get; init; } = "Asia/Shanghai";

    /// <summary>The most that a customer's wallet holds, in whole units of <see cref="Currency"/>.</summary>
    public long WalletMax
    {
        get => Running.Values.WalletMax ?? field;
        init;
    } = 50_000;

    /// <summary>Up to where <c>/carrier-billing/v0.5/payments</c> begins.</summary>
    public Uri CarrierBaseUrl { get; init; } = new("http://127.0.0.1:8081/carrier");

    /// <summary>The operator's token at the carrier's billing gateway.</summary>
    public string CarrierToken { get; init; } = "simulator";

    /// <summary>Where the carrier reaches <c>/carrier/events</c> of this server, with that path; null: it is asked, and does not call back.</summary>
    public Uri? CarrierSink { get; init; }

    /// <summary>Whom text messages come from: a number or a short code.</summary>
    public string SmsSender
    {
        get => Running.Values.SmsSender ?? field;
        init;
    } = "10010";

    /// <summary>Where mails are put for the operator's mail transport.</summary>
    public string MailFolder { get; init; } = "mail";

    public string MailFrom
    {
        get => Running.Values.MailFrom ?? field;
        init;
    } = "no-reply@tokenline.example";

    /// <summary>Webhooks may lead to private and loopback addresses, and without TLS: for tests and closed networks.</summary>
    public bool AllowPrivateWebhooks { get; init; }

    /// <summary>Without the token, so that no log can show it.</summary>
    public override string ToString() => $"{Currency}, 1 USD = {UsdRate} ({UsdRateAsOf}), {TimeZone}";
}
