using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Audit;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Records;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway;
using Tokenline.Gateway.Routing;
using Tokenline.Simulators.Vendors;

namespace Tokenline.Host.Tests;

/// <summary>
/// The real host on a real socket, with simulated vendors and carrier and a data folder of its own. One per test class.
/// When the class is done its books must be right: the audit is clean and nothing is reserved.
/// </summary>
public class RunningServer : IAsyncLifetime
{
    public const string Model = "deepseek-v4-flash"; // 3 general tokens in, 0.1 cached, 9 out; 3, 0.1 and 9 CNY a million

    /// <summary>So much that even a call of the largest output is a small part of it, and nothing is clamped.</summary>
    public const long RichTokens = 100_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tokenline-tests-").FullName;
    private readonly ConcurrentQueue<AccountId> accounts = new();
    private int lastNumber = 100; // the carrier simulator has its own ideas of numbers that end in 0001 to 0005

    internal TokenlineServer Server { get; private set; } = null!;

    /// <summary>A hang-up closes the connection at once; nothing is read on behind the test's back.</summary>
    internal HttpClient Client { get; } = new(new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, MaxResponseDrainSize = 0 });

    internal HangUps HangUps { get; private set; } = null!;

    internal VendorSimulator Vendors => Server.Simulator!.Vendors;

    internal IChargingAccounts Accounts => Get<IChargingAccounts>();

    internal IChargeHistory History => Get<IChargeHistory>();

    internal CatalogEditing Editing => Get<CatalogEditing>();

    internal string Url => Server.Url;

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Tests play the faults of one vendor one after the other, and each is to be seen by itself: no circuit opens, and nothing rests.</summary>
    private protected virtual GatewayOptions Options => new() { Routing = NoHealth };

    private protected static RoutingOptions NoHealth =>
        new()
        {
            CircuitFailures = 0,
            RestMaxSeconds = 0,
            ProbeSeconds = 0,
        };

    private protected virtual Settings Adjust(Settings settings) => settings;

    internal string JournalFile => Path.Combine(folder, "charges.db");

    internal T Get<T>()
        where T : notnull => Server.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync() => await StartAsync();

    internal async Task StartAsync()
    {
        var settings = new Settings(folder, "http://127.0.0.1:0", null, Demo: true, "http://127.0.0.1:0", Options, new CommerceOptions());
        Server = await TokenlineServer.StartAsync(Adjust(settings), Cancel);
        HangUps = new HangUps(Server);
    }

    internal async Task StopAsync()
    {
        HangUps.Dispose();
        await Server.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        try
        {
            await CheckBooksAsync();
        }
        finally
        {
            Client.Dispose();
            await StopAsync();
            Server = null!; // timers of what a test left remember the test, and it remembers this: not the whole server as well
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The audit is clean, and no account has anything reserved or open.</summary>
    internal async Task CheckBooksAsync()
    {
        foreach (var account in accounts)
        {
            var view = await Eventually.WhenAsync(async () => await Accounts.ViewAsync(account), seen => seen.Open.Count == 0);
            Assert.All(view.Buckets, bucket => Assert.Equal(0, bucket.Reserved));
        }
        var report = await Get<Auditor>().RunAsync(CancellationToken.None);
        Assert.Empty(report.Differences);
        Assert.Equal(0, report.OpenCharges);
    }

    /// <summary>A customer with an account of its own, a bucket of general tokens in it (none for 0), and a key.</summary>
    internal async Task<Subscriber> SubscriberAsync(
        decimal tokens = RichTokens,
        string[]? models = null,
        DateTimeOffset? keyExpiresAt = null
    )
    {
        var phone = $"+861390000{Interlocked.Increment(ref lastNumber):0000}";
        var customer = (await Get<Customers>().CreateAsync(phone, "Test subscriber", Cancel)).Required();
        accounts.Enqueue(customer.Account);
        if (tokens > 0)
            await GrantAsync(customer.Account, tokens);
        var key = (await Get<Keys>().CreateAsync(customer.Id, "test", keyExpiresAt, models, Cancel)).Required();
        return new Subscriber(this, customer, key);
    }

    internal async Task GrantAsync(AccountId account, decimal tokens, string unit = "general-token", string[]? models = null)
    {
        var grant = new BucketGrant(
            Get<IdSource>().Next<BucketKind>(),
            "Test plan",
            BucketType.Plan,
            new QuotaUnit(unit),
            null,
            decimal.ToInt64(tokens * QuotaUnit.Micro),
            200,
            TimeProvider.System.GetUtcNow().AddMinutes(-1),
            null,
            models,
            null
        );
        Assert.Null(await Accounts.ExecuteAsync(account, new GrantBucket(grant)));
    }

    /// <summary>Puts a vendor that the test plays itself into the catalogue, with a model that only it serves: 2 general tokens in, 3 out.</summary>
    internal async Task<string> ServeAsync(ScriptedVendor vendor, int drainSeconds = 5, string? upstreamModel = null, string? apiKey = null)
    {
        var name = $"scripted-{Interlocked.Increment(ref lastNumber)}";
        await PutVendorAsync(name, vendor.BaseUrl, drainSeconds, apiKey);
        return await ModelAsync(name, (name, upstreamModel));
    }

    internal async Task PutVendorAsync(string name, Uri address, int drainSeconds = 5, string? apiKey = null, params VendorApi[] apis) =>
        (
            await Editing.PutVendorAsync(
                new VendorEntry(name, address)
                {
                    ApiKeys = [apiKey ?? "sk-of-the-operator-0123456789"],
                    DrainSeconds = drainSeconds,
                    AllowsPrivateAddress = true,
                    Apis = apis.Length == 0 ? null : [.. apis],
                },
                Cancel
            )
        ).Required();

    /// <summary>A model of its own, served by these vendors in their order.</summary>
    internal async Task<string> ModelAsync(string owner, params (string Vendor, string? UpstreamModel)[] servedBy)
    {
        var meters = new Dictionary<string, decimal>
        {
            ["input"] = 2,
            ["cached_input"] = 0.5m,
            ["cache_write_5m"] = 2.5m,
            ["cache_write_1h"] = 4,
            ["output"] = 3,
        };
        return await ListAsync(owner, ModelKind.Chat, meters, meters, 20_000, servedBy);
    }

    /// <summary>A model of a unary endpoint: a general token for each of input and output, and these weights.</summary>
    internal async Task<string> UnaryModelAsync(string vendor, ModelKind kind, Dictionary<string, decimal> weights)
    {
        var price = new Dictionary<string, decimal> { ["input"] = 1, ["output"] = 1 };
        var all = new Dictionary<string, decimal>(price);
        foreach (var (meter, weight) in weights)
            (price[meter], all[meter]) = (meter is "image" or "second" or "rerank" ? 0.01m : 1, weight);
        return await ListAsync(vendor, kind, price, all, 1000, (vendor, null));
    }

    /// <summary>A model with exactly this price, and the same weights.</summary>
    internal Task<string> PricedModelAsync(string vendor, ModelKind kind, Dictionary<string, decimal> price) =>
        ListAsync(vendor, kind, price, price, 1000, (vendor, null));

    private async Task<string> ListAsync(
        string owner,
        ModelKind kind,
        Dictionary<string, decimal> price,
        Dictionary<string, decimal> weights,
        long outputTokensMax,
        params (string Vendor, string? UpstreamModel)[] servedBy
    )
    {
        var id = $"model-{Interlocked.Increment(ref lastNumber)}";
        var tier = new PriceSheetTier(
            null,
            price,
            new Dictionary<string, IReadOnlyDictionary<string, decimal>> { ["general-token"] = weights }
        );
        var listing = new ModelListing(
            id,
            id,
            owner,
            0,
            100_000,
            outputTokensMax,
            0,
            false,
            null,
            "max_tokens",
            new PriceSheet(Currency.Cny, [tier])
        )
        {
            Kind = kind,
        };
        var mappings = servedBy.Select((by, i) => new Mapping(id, by.Vendor, by.UpstreamModel ?? id, i)).ToList();
        (await Editing.PutModelsAsync([listing], mappings, "test", Cancel)).Required();
        return id;
    }

    internal ModelTariff Tariff(string model) => Get<ITariffs>().Current.Find(model, TimeProvider.System.GetUtcNow())!;

    /// <summary>What a usage costs in micro general tokens: every meter times its published weight.</summary>
    internal long Cost(string model, long input, long output, long cached = 0)
    {
        var table = Tariff(model).CardIn(new QuotaUnit("general-token"))!.Table;
        var tier = table.Tiers[table.TierOf(input + cached)];
        return (input * tier[Meter.Input]) + (cached * tier[Meter.CachedInput]) + (output * tier[Meter.Output]);
    }

    internal long Cost(string model, Usage usage) => Cost(model, usage[Meter.Input], usage[Meter.Output], usage[Meter.CachedInput]);

    internal IReadOnlyList<JournalEntry> Journal(AccountId account)
    {
        using var snapshot = History.OpenSnapshot();
        return [.. snapshot.Entries().Where(entry => entry.Account == account).Select(entry => entry.Entry.Entry)];
    }

    /// <summary>The body that reached the simulator with this text in it.</summary>
    internal ReceivedRequest Received(string marker) => Vendors.LastRequests.Last(request => Has(request, marker));

    internal void AssertNotReceived(string marker) => Assert.DoesNotContain(Vendors.LastRequests, request => Has(request, marker));

    private static bool Has(ReceivedRequest request, string marker) =>
        System.Text.Encoding.UTF8.GetString(request.Body.Span).Contains(marker, StringComparison.Ordinal);

    internal static HttpRequestMessage Request(string url, HttpContent? content, string? key)
    {
        var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, url) { Content = content };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}

/// <summary>A customer of the running server: its key to call with, its account to look into.</summary>
internal sealed class Subscriber(RunningServer server, Customer customer, NewApiKey key)
{
    public Customer Customer => customer;

    public AccountId Account => customer.Account;

    public string Key => key.Text;

    public KeyId KeyId => key.Key.Id;

    public Task<HttpResponseMessage> PostAsync(string body, params (string Name, string Value)[] headers) =>
        PostAsync(new StringContent(body, System.Text.Encoding.UTF8, "application/json"), RunningServer.Cancel, headers);

    /// <summary>The answer as soon as its head is there; the test reads the body, or hangs up.</summary>
    public Task<HttpResponseMessage> PostAsync(HttpContent content, CancellationToken hangUp, params (string Name, string Value)[] headers)
    {
        var request = RunningServer.Request($"{server.Url}/v1/chat/completions", content, Key);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, hangUp);
    }

    /// <summary>The whole answer, however it ended.</summary>
    public async Task<Answer> AskAsync(string body, params (string Name, string Value)[] headers)
    {
        using var response = await PostAsync(body, headers);
        return await Answer.ReadAsync(response);
    }

    /// <summary>Micro general tokens that can be spent.</summary>
    public async Task<long> BalanceAsync() => (await ViewAsync()).Buckets.Sum(bucket => bucket.Remaining);

    public async Task<AccountView> ViewAsync() => await server.Accounts.ViewAsync(Account);

    public async Task<IReadOnlyList<UsageRecord>> RecordsAsync() => await server.History.RecordsAsync(Account, null, 1000);

    /// <summary>The account's one record, as it is now.</summary>
    public async Task<UsageRecord> RecordAsync() => Assert.Single(await RecordsAsync());

    /// <summary>The account's one record, which a call whose client is gone leaves when it is through.</summary>
    public async Task<UsageRecord> RecordInTimeAsync() =>
        Assert.Single(await Eventually.WhenAsync(RecordsAsync, records => records.Count > 0));
}
