using System.Globalization;
using Microsoft.Extensions.Configuration;
using Tokenline.Billing;
using Tokenline.Commerce;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Gateway;
using Tokenline.Gateway.Routing;
using Tokenline.Host.Tls;

namespace Tokenline.Host;

/// <summary>
/// What <c>appsettings.json</c> and the environment say. <c>TOKENLINE_DATA</c>, <c>TOKENLINE_URLS</c>, <c>TOKENLINE_ADMIN_KEY</c> and, of nodes of a cluster,
/// <c>TOKENLINE_DATABASE</c>, <c>TOKENLINE_NODE</c> and <c>TOKENLINE_ROLES</c> win over the file.
/// </summary>
internal sealed record Settings(
    string DataFolder,
    string Urls,
    string? AdminKey,
    bool Demo,
    string SimulatorUrl,
    GatewayOptions Gateway,
    CommerceOptions Commerce
)
{
    /// <summary>What a load balancer that asks every second needs to see that a node is leaving.</summary>
    private const int LeaveNoticeOfNodes = 3;

    /// <summary>What a call may wait before it is looked at, in milliseconds: far longer than it does on a machine that keeps up, and short beside what a model takes.</summary>
    private const int QueueDelayOfServers = 100;
    private const int FewCalls = 32;
    private const int ConnectionsUnlessSaid = 50_000;

    public BillingOptions Billing { get; init; } = new();

    /// <summary>Simulators that run as a process of their own; null: the demo starts its own.</summary>
    public Uri? SimulatorAddress { get; init; }

    /// <summary>Where customers find the whole system, if not at this process's own address.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>Days of made-up history that a demo begins with where nothing is kept yet; said on the command line.</summary>
    public int HistoryDays { get; init; }

    /// <summary>Connections of clients at once, idle ones too; more are closed as they come.</summary>
    public int ConnectionsMax { get; init; } = ConnectionsUnlessSaid;

    /// <summary>Addresses and ranges whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> are believed; nobody else's are read.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>The header in which these proxies pass a client's certificate on; null: none does.</summary>
    public string? ClientCertificateHeader { get; init; }

    /// <summary>Null: plain HTTP, and TLS ends at a proxy.</summary>
    public TlsSettings? Tls { get; init; }

    /// <summary>Null: the embedded default, one process on SQLite.</summary>
    public ClusterSettings? Cluster { get; init; }

    public static Settings Read(IConfiguration configuration)
    {
        var urls = Environment.GetEnvironmentVariable("TOKENLINE_URLS") ?? configuration["Urls"] ?? "http://127.0.0.1:8080";
        var tls = TlsSettings.Read(configuration.GetSection("Tls"));
        foreach (var url in urls.Split(';'))
        {
            if (
                !Uri.TryCreate(url, UriKind.Absolute, out var parsed)
                || (parsed.Scheme != Uri.UriSchemeHttp && parsed.Scheme != Uri.UriSchemeHttps)
            )
                throw new SettingException($"'{url}' is not an address to listen on. An example: TOKENLINE_URLS=http://127.0.0.1:8080");
            if (parsed.Scheme == Uri.UriSchemeHttps && tls is null)
                throw new SettingException(
                    $"To listen on {url} this needs a certificate: set Tls:Certificate to a file of PEM, and Tls:Key to its private key."
                );
        }
        var simulator = configuration["SimulatorUrl"] ?? "http://127.0.0.1:0";
        if (!Uri.TryCreate(simulator, UriKind.Absolute, out var simulated) || simulated.Scheme != Uri.UriSchemeHttp)
            throw new SettingException($"The setting SimulatorUrl must be an address such as http://127.0.0.1:0, not '{simulator}'.");
        var cluster = ClusterSettings.Read(configuration);
        var settings = new Settings(
            Path.GetFullPath(Environment.GetEnvironmentVariable("TOKENLINE_DATA") ?? configuration["Data"] ?? "data"),
            urls,
            Environment.GetEnvironmentVariable("TOKENLINE_ADMIN_KEY") ?? configuration["AdminKey"],
            Flag(configuration, "Demo", true),
            simulator,
            ReadGateway(configuration.GetSection("Gateway"), cluster is null ? 0 : LeaveNoticeOfNodes),
            ReadCommerce(configuration.GetSection("Commerce"))
        )
        {
            SimulatorAddress = Address(configuration, "SimulatorAddress"),
            PublicUrl = WebAddress(configuration, "PublicUrl"),
            ConnectionsMax = Number(configuration, nameof(ConnectionsMax), ConnectionsUnlessSaid),
            TrustedProxies = Ranges(configuration, "TrustedProxies"),
            ClientCertificateHeader = configuration["ClientCertificateHeader"] is { Length: > 0 } header ? header : null,
            Tls = tls,
            Cluster = cluster,
            Billing = ReadBilling(configuration.GetSection("Billing")),
        };
        // Said before anything is written, like all of the above.
        if (settings.Commerce.UsdRate is <= 0 or > 1_000_000)
            throw new SettingException(
                $"The setting Commerce:UsdRate must be above 0 and at most 1,000,000, not {settings.Commerce.UsdRate}."
            );
        if (settings.Commerce.WalletMax is < 1 or > 100_000_000)
            throw new SettingException($"The setting Commerce:WalletMax must be 1 to 100,000,000, not {settings.Commerce.WalletMax}.");
        if (NodaTime.DateTimeZoneProviders.Tzdb.GetZoneOrNull(settings.Commerce.TimeZone) is null)
            throw new SettingException(
                $"The setting Commerce:TimeZone must be in the tz database, such as Asia/Shanghai, not '{settings.Commerce.TimeZone}'."
            );
        if (settings is { ClientCertificateHeader: not null, TrustedProxies.Count: 0 })
            throw new SettingException("ClientCertificateHeader is read from TrustedProxies alone, and that names none.");
        // And this too: the books keep the currency of their first start.
        if (settings.Demo && settings.Commerce.Currency != Currency.Cny)
            throw new SettingException(
                $"The demo operator's prices are in {Currency.Cny}, the setting Commerce:Currency says {settings.Commerce.Currency}. Set Demo to false to sell in another currency."
            );
        return settings;
    }

    /// <summary>What those settings say that can be changed while the system runs, by their names.</summary>
    public IReadOnlyDictionary<string, string> Started()
    {
        var none = new RunningSettings();
        var (commerce, billing, gateway) = (
            Commerce with
            {
                Running = none,
            },
            Billing with
            {
                Running = none,
            },
            Gateway with
            {
                Running = none,
            }
        );
        return new Dictionary<string, string>
        {
            ["Billing:OperatorName"] = billing.OperatorName,
            ["Billing:PaymentDays"] = Text(billing.PaymentDays),
            ["Billing:PriceNoticeDays"] = Text(billing.PriceNoticeDays),
            [RunningSetting.UsdRate] = commerce.UsdRate.ToString(CultureInfo.InvariantCulture),
            [RunningSetting.UsdRateAsOf] = commerce.UsdRateAsOf,
            ["Commerce:WalletMax"] = Text(commerce.WalletMax),
            ["Commerce:SmsSender"] = commerce.SmsSender,
            ["Commerce:MailFrom"] = commerce.MailFrom,
            ["Gateway:ShopUrl"] = gateway.ShopUrl ?? "",
            ["Gateway:StoredResponseDays"] = Text(gateway.StoredResponseDays),
            ["Gateway:FileDays"] = Text(gateway.FileDays),
            [RunningSetting.KeepRecordsMonths] = Text(Cluster?.KeepRecordsMonths ?? 0),
        };

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    private static GatewayOptions ReadGateway(IConfigurationSection section, int leaveNoticeSeconds)
    {
        var defaults = new GatewayOptions();
        return new()
        {
            RequestBytesMax = Number(section, nameof(defaults.RequestBytesMax), defaults.RequestBytesMax),
            AnswerBytesMax = Number(section, nameof(defaults.AnswerBytesMax), defaults.AnswerBytesMax),
            FirstByteTimeoutSeconds = Number(section, nameof(defaults.FirstByteTimeoutSeconds), defaults.FirstByteTimeoutSeconds),
            PingSeconds = Number(section, nameof(defaults.PingSeconds), defaults.PingSeconds),
            SilenceTimeoutSeconds = Number(section, nameof(defaults.SilenceTimeoutSeconds), defaults.SilenceTimeoutSeconds),
            ConnectTimeoutSeconds = Number(section, nameof(defaults.ConnectTimeoutSeconds), defaults.ConnectTimeoutSeconds),
            SliceBytes = Number(section, nameof(defaults.SliceBytes), defaults.SliceBytes),
            SettlePatienceSeconds = Number(section, nameof(defaults.SettlePatienceSeconds), defaults.SettlePatienceSeconds),
            DrainSeconds = Number(section, nameof(defaults.DrainSeconds), defaults.DrainSeconds),
            LeaveNoticeSeconds = Number(section, nameof(defaults.LeaveNoticeSeconds), leaveNoticeSeconds, least: 0),
            CallsMax = Number(section, nameof(defaults.CallsMax), defaults.CallsMax),
            DeploymentCallsPercent = Percent(section, nameof(defaults.DeploymentCallsPercent), defaults.DeploymentCallsPercent),
            BodiesBytesMax = Bytes(section, nameof(defaults.BodiesBytesMax), defaults.BodiesBytesMax),
            QueueDelayMilliseconds = Number(section, nameof(defaults.QueueDelayMilliseconds), QueueDelayOfServers, least: 0),
            CallsNeverShed = Number(section, nameof(defaults.CallsNeverShed), FewCalls, least: 0),
            StoredResponseDays = Number(section, nameof(defaults.StoredResponseDays), defaults.StoredResponseDays),
            StoredResponsesPerAccount = Number(section, nameof(defaults.StoredResponsesPerAccount), defaults.StoredResponsesPerAccount),
            StoredResponseBytesMax = Number(section, nameof(defaults.StoredResponseBytesMax), defaults.StoredResponseBytesMax),
            StoredResponseAccountBytesMax = Number(
                section,
                nameof(defaults.StoredResponseAccountBytesMax),
                defaults.StoredResponseAccountBytesMax
            ),
            FileBytesMax = Number(section, nameof(defaults.FileBytesMax), defaults.FileBytesMax),
            FileAccountBytesMax = Number(section, nameof(defaults.FileAccountBytesMax), defaults.FileAccountBytesMax),
            FileDays = Number(section, nameof(defaults.FileDays), defaults.FileDays),
            BatchLinesMax = Number(section, nameof(defaults.BatchLinesMax), defaults.BatchLinesMax),
            BatchesPerAccount = Number(section, nameof(defaults.BatchesPerAccount), defaults.BatchesPerAccount),
            BatchCallsPerAccount = Number(section, nameof(defaults.BatchCallsPerAccount), defaults.BatchCallsPerAccount),
            BatchCallsMax = Number(section, nameof(defaults.BatchCallsMax), defaults.BatchCallsMax),
            BatchAccountsMax = Number(section, nameof(defaults.BatchAccountsMax), defaults.BatchAccountsMax),
            ShopUrl = WebAddress(section, nameof(defaults.ShopUrl)),
            Routing = ReadRouting(section.GetSection(nameof(defaults.Routing))),
        };
    }

    private static RoutingOptions ReadRouting(IConfigurationSection section)
    {
        var defaults = new RoutingOptions();
        return new()
        {
            AttemptsMax = Number(section, nameof(defaults.AttemptsMax), defaults.AttemptsMax),
            RetryPercent = Number(section, nameof(defaults.RetryPercent), defaults.RetryPercent, least: 0),
            RetriesPerSecond = Number(section, nameof(defaults.RetriesPerSecond), defaults.RetriesPerSecond, least: 0),
            CircuitFailures = Number(section, nameof(defaults.CircuitFailures), defaults.CircuitFailures, least: 0),
            CircuitOpenMilliseconds = Number(section, nameof(defaults.CircuitOpenMilliseconds), defaults.CircuitOpenMilliseconds),
            CircuitOpenMaxSeconds = Number(section, nameof(defaults.CircuitOpenMaxSeconds), defaults.CircuitOpenMaxSeconds),
            RestMaxSeconds = Number(section, nameof(defaults.RestMaxSeconds), defaults.RestMaxSeconds, least: 0),
            FirstBytePatience = Number(section, nameof(defaults.FirstBytePatience), defaults.FirstBytePatience),
            FirstByteMinMilliseconds = Number(section, nameof(defaults.FirstByteMinMilliseconds), defaults.FirstByteMinMilliseconds),
            SlowestTokensPerSecond = Number(section, nameof(defaults.SlowestTokensPerSecond), defaults.SlowestTokensPerSecond),
            FirstByteSamples = Number(section, nameof(defaults.FirstByteSamples), defaults.FirstByteSamples),
            ProbeSeconds = Number(section, nameof(defaults.ProbeSeconds), defaults.ProbeSeconds, least: 0),
            Explain = Flag(section, nameof(defaults.Explain), defaults.Explain),
        };
    }

    private static CommerceOptions ReadCommerce(IConfigurationSection section)
    {
        var defaults = new CommerceOptions();
        var carrier = section[nameof(defaults.CarrierBaseUrl)];
        try
        {
            return defaults with
            {
                Currency = section[nameof(defaults.Currency)] is { } currency ? new Currency(currency) : defaults.Currency,
                UsdRate = section[nameof(defaults.UsdRate)] is { } rate
                    ? decimal.Parse(rate, CultureInfo.InvariantCulture)
                    : defaults.UsdRate,
                UsdRateAsOf = section[nameof(defaults.UsdRateAsOf)] ?? defaults.UsdRateAsOf,
                TimeZone = section[nameof(defaults.TimeZone)] ?? defaults.TimeZone,
                CarrierBaseUrl = carrier is { Length: > 0 } ? new Uri(carrier) : defaults.CarrierBaseUrl,
                CarrierToken = section[nameof(defaults.CarrierToken)] ?? defaults.CarrierToken,
                CarrierSink = WebAddress(section, nameof(defaults.CarrierSink)) is { } sink ? new Uri(sink) : defaults.CarrierSink,
                WalletMax = section[nameof(defaults.WalletMax)] is { } most
                    ? long.Parse(most, NumberStyles.None, CultureInfo.InvariantCulture)
                    : defaults.WalletMax,
                SmsSender = section[nameof(defaults.SmsSender)] ?? defaults.SmsSender,
                MailFrom = section[nameof(defaults.MailFrom)] ?? defaults.MailFrom,
                AllowPrivateWebhooks = Flag(section, nameof(defaults.AllowPrivateWebhooks), defaults.AllowPrivateWebhooks),
            };
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new SettingException($"A setting under Commerce is not valid: {e.Message}");
        }
    }

    private static BillingOptions ReadBilling(IConfigurationSection section)
    {
        var defaults = new BillingOptions();
        var tax = section[nameof(defaults.TaxPercent)];
        var percent = defaults.TaxPercent;
        if (
            tax is not null
            && (
                !decimal.TryParse(tax, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out percent)
                || percent > 100
                || percent != decimal.Round(percent, 2)
            )
        )
            throw new SettingException($"The setting Billing:TaxPercent must be 0 to 100 with at most two decimals, not '{tax}'.");
        return new()
        {
            TaxPercent = percent,
            PaymentDays = Number(section, nameof(defaults.PaymentDays), defaults.PaymentDays, least: 0),
            GraceDays = Number(section, nameof(defaults.GraceDays), defaults.GraceDays, least: 0)
                is var grace
                    and <= RenewalTerms.GraceDaysMax
                ? grace
                : throw new SettingException(
                    $"The setting Billing:GraceDays is at most {RenewalTerms.GraceDaysMax}: grace ends before what is not paid is suspended."
                ),
            PriceNoticeDays = Number(section, nameof(defaults.PriceNoticeDays), defaults.PriceNoticeDays, least: 0),
            OperatorName = section[nameof(defaults.OperatorName)] ?? defaults.OperatorName,
        };
    }

    private static Uri? Address(IConfiguration section, string name) =>
        section[name] is not { Length: > 0 } text ? null
        : Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttp ? url
        : throw new SettingException($"The setting {name} must be an address such as http://127.0.0.1:8090, not '{text}'.");

    /// <summary>A list, or one text with commas: the form that fits into an environment variable.</summary>
    private static string[] Ranges(IConfiguration configuration, string name)
    {
        var section = configuration.GetSection(name);
        string[] texts =
        [
            .. section.GetChildren().Select(child => child.Value ?? ""),
            .. (section.Value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        ];
        foreach (var text in texts)
        {
            if (!AddressRange.TryParse(text, out _))
                throw new SettingException($"The setting {name} lists addresses and ranges such as 10.0.0.0/8, not '{text}'.");
        }
        return texts;
    }

    private static bool Flag(IConfiguration section, string name, bool otherwise) =>
        section[name] is not { } text ? otherwise
        : bool.TryParse(text, out var value) ? value
        : throw new SettingException($"The setting {name} must be true or false, not '{text}'.");

    private static string? WebAddress(IConfiguration section, string name) =>
        section[name] is not { Length: > 0 } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps) ? text
        : throw new SettingException(
            $"The setting {NameOf(section, name)} must be a web address such as https://shop.operator.example/, not '{text}'."
        );

    private static int Percent(IConfigurationSection section, string name, int otherwise) =>
        Number(section, name, otherwise) is <= 100 and var percent
            ? percent
            : throw new SettingException($"The setting {section.Path}:{name} must be a percentage, 1 to 100, not '{section[name]}'.");

    private static long Bytes(IConfigurationSection section, string name, long otherwise) =>
        section[name] is not { } text ? otherwise
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 ? value
        : throw new SettingException($"The setting {section.Path}:{name} must be a whole number of bytes, 1 or more, not '{text}'.");

    private static int Number(IConfiguration section, string name, int otherwise, int least = 1) =>
        section[name] is not { } text ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least ? value
        : throw new SettingException($"The setting {NameOf(section, name)} must be a whole number, {least} or more, not '{text}'.");

    private static string NameOf(IConfiguration section, string name) =>
        section is IConfigurationSection { Path: var path } ? $"{path}:{name}" : name;
}

/// <summary>A setting, a port or a folder that cannot be used; the message is the one line that the operator sees.</summary>
internal sealed class SettingException(string message) : Exception(message);
