using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Billing.Bills;
using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Charging.Records;
using Tokenline.Commerce;
using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Gateway;
using Tokenline.Host;
using Tokenline.Portal.Access;

[assembly: AssemblyFixture(typeof(Tokenline.Portal.Tests.PortalServer))]
[assembly: Xunit.v3.Parallelization(MaxThreads = 3)]

namespace Tokenline.Portal.Tests;

/// <summary>The real host with its demo on a real socket and a data folder of its own; one for all tests of this project.</summary>
public sealed class PortalServer : IAsyncLifetime
{
    public const string Model = "deepseek-v4-flash";

    private readonly string folder = Directory.CreateTempSubdirectory("tokenline-portal-tests-").FullName;
    private int lastNumber = 100; // the carrier simulator has its own ideas of numbers that end in 0001 to 0005

    internal TokenlineServer Server { get; private set; } = null!;

    internal string Url => Server.Url;

    internal static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal T Get<T>()
        where T : notnull => Server.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync() =>
        Server = await TokenlineServer.StartAsync(
            new Tokenline.Host.Settings(
                folder,
                "http://127.0.0.1:0",
                null,
                Demo: true,
                "http://127.0.0.1:0",
                new GatewayOptions(),
                new CommerceOptions { AllowPrivateWebhooks = true } // identity providers of the tests are on this machine
            )
            {
                // Pictures are taken over the demo as it is, with its year.
                HistoryDays = Environment.GetEnvironmentVariable("TOKENLINE_SCREENSHOTS_HISTORY") is { } days
                    ? int.Parse(days, System.Globalization.CultureInfo.InvariantCulture)
                    : 0,
            },
            CancellationToken.None
        );

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        billing.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    internal string NewPhoneNumber() => $"+861390000{Interlocked.Increment(ref lastNumber):0000}";

    /// <summary>A customer of their own, with so many general tokens.</summary>
    internal async Task<Customer> CustomerAsync(decimal tokens = 10_000_000)
    {
        var customer = (await Get<Customers>().CreateAsync(NewPhoneNumber(), "Test subscriber", Cancel)).Required();
        if (tokens > 0)
            await GrantAsync(customer.Account, tokens);
        return customer;
    }

    /// <summary>A household with so many general tokens, its owner, and a member of each other role: by number.</summary>
    internal async Task<Family> FamilyAsync(Limit[]? limits = null)
    {
        var name = $"Family {Interlocked.Increment(ref lastNumber)}";
        var owner = NewPhoneNumber();
        var household = (await Get<Customers>().CreateAsync(owner, name, null, null, Cancel, CustomerType.Organization)).Required();
        await GrantAsync(household.Account, 10_000_000);
        var (administrator, member) = (NewPhoneNumber(), NewPhoneNumber());
        await JoinAsync(household, administrator, new MemberTerms(MemberRole.Administrator, "Ada"));
        await JoinAsync(household, member, new MemberTerms(MemberRole.Member, "Mia", Limits: limits));
        return new(household, owner, administrator, member);
    }

    internal async Task<Member> JoinAsync(Customer household, string phoneNumber, MemberTerms terms)
    {
        var invitation = (await Get<Invitations>().InviteAsync(household.Id, phoneNumber, terms, null, Cancel)).Required();
        return (await Get<Invitations>().AcceptAsync(invitation.Id, await CodeAsync(phoneNumber), null, Cancel)).Required();
    }

    /// <summary>The digits of the newest text message to a number.</summary>
    internal async Task<string> CodeAsync(string phoneNumber)
    {
        var message = await Get<DemoPhone>().NewestAsync(phoneNumber, Cancel) ?? "";
        return System.Text.RegularExpressions.Regex.Match(message, "[0-9]{6}").Value;
    }

    internal async Task GrantAsync(AccountId account, decimal tokens)
    {
        var grant = new BucketGrant(
            Get<IdSource>().Next<BucketKind>(),
            "Light",
            BucketType.Plan,
            new QuotaUnit("general-token"),
            null,
            decimal.ToInt64(tokens * QuotaUnit.Micro),
            200,
            TimeProvider.System.GetUtcNow().AddMinutes(-1),
            TimeProvider.System.GetUtcNow().AddDays(30),
            null,
            null
        );
        Assert.Null(await Get<IChargingAccounts>().ExecuteAsync(account, new GrantBucket(grant)));
    }

    internal async Task<NewApiKey> KeyAsync(Customer customer, string name = "test") =>
        (await Get<Keys>().CreateAsync(customer.Id, name, null, null, Cancel)).Required();

    /// <summary>Calls a model and returns its record.</summary>
    internal async Task<UsageRecord> CallAsync(string key, string model = Model, string? run = null, string content = "Hello")
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Url}/v1/chat/completions")
        {
            Content = new StringContent(
                $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{content}}"}]}""",
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Authorization = new("Bearer", key);
        if (run is not null)
            request.Headers.Add("x-tokenline-run-id", run);
        using var response = await client.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var charge = ChargeId.Parse(response.Headers.GetValues("x-tokenline-charge-id").Single());
        return await Get<IChargeHistory>().FindRecordAsync(charge) ?? throw new InvalidOperationException($"{charge} left no record");
    }

    private readonly SemaphoreSlim billing = new(1);
    private readonly Queue<Customer> billed = [];
    private BillingPeriod billedPeriod;

    /// <summary>A customer on credit alone, with the bill of a month: the present one, closed once for all tests as it will be when it is over.</summary>
    internal async Task<(Customer Customer, BillingPeriod Period)> BilledAsync()
    {
        await billing.WaitAsync(Cancel);
        try
        {
            if (billedPeriod == default)
                await CloseMonthAsync();
            return (billed.Dequeue(), billedPeriod);
        }
        finally
        {
            billing.Release();
        }
    }

    private async Task CloseMonthAsync()
    {
        for (var i = 0; i < BilledMax; i++)
        {
            var customer = await CustomerAsync(0);
            var cap = new Money(5 * Money.NanoPerUnit, Currency.Cny);
            (await Get<Customers>().AllowPayAsYouGoAsync(customer.Id, cap, Cancel)).Required();
            var key = await KeyAsync(customer, "billed-key");
            for (var calls = 0; calls < 2; calls++)
                await CallAsync(key.Text, "glm-5", content: "[[simulate: tokens=2000]]");
            billed.Enqueue(customer);
        }
        var (run, calendar) = (Get<BillRun>(), Get<BillingCalendar>());
        var period = calendar.PeriodOf(TimeProvider.System.GetUtcNow());
        while (!(await run.StepAsync(period, calendar.To(period), () => true, Cancel)).Required().IsDone) { }
        billedPeriod = period;
    }

    private const int BilledMax = 8;

    /// <summary>A browser without a screen, not signed in: it follows no redirect, and sends what a form on a page of ours would.</summary>
    internal Visit Visit() => new(Url);

    /// <summary>The same, signed in as whoever has this number.</summary>
    internal async Task<Visit> SignedInAsync(Customer customer) => new(Url, await SignInAsync(customer));

    /// <summary>Signed in as whoever has this number, at the console of a customer that they belong to.</summary>
    internal async Task<Visit> SignedInAsync(string phoneNumber, Customer customer) =>
        new(Url, (await Get<Sessions>().BeginAsync(phoneNumber, customer.Id, "Test", "127.0.0.1")).Secret);

    /// <summary>The secret of a new session.</summary>
    internal async Task<string> SignInAsync(Customer customer) =>
        (await Get<Sessions>().BeginAsync(customer.PhoneNumber, customer.Id, "Mozilla/5.0 (X11; Linux) Chrome/1", "127.0.0.1")).Secret;
}

/// <summary>Who belongs to a customer, by phone number.</summary>
internal sealed record Family(Customer Household, string Owner, string Administrator, string Member);

/// <summary>
/// All tests of the project share one server. Those that change what the operator offers, or count what all have done, have it to themselves: they run after the others, one by one.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OnePortal
{
    public const string Name = "one portal";
}

/// <summary>Tests of customers that nobody else knows go side by side, in these lanes: a browser leaves much of two cores free.</summary>
internal static class Lane
{
    public const string Pages = "pages";
    public const string Flows = "flows";
    public const string Forms = "forms";
    public const string Staff = "staff in the browser";
}

/// <summary>What a browser sends, without one.</summary>
internal sealed class Visit : IDisposable
{
    private readonly HttpClient client;

    public Visit(string url, string? session = null, string site = "same-origin", params (string Name, string Value)[] headers)
    {
        var cookies = new CookieContainer();
        if (session is not null)
            cookies.Add(new Uri(url), new Cookie(SessionCookie.Name, session));
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            CookieContainer = cookies,
            Expect100ContinueTimeout = TimeSpan.FromMinutes(1),
        };
        client = new HttpClient(handler) { BaseAddress = new Uri(url) };
        client.DefaultRequestHeaders.Add("Sec-Fetch-Site", site);
        client.DefaultRequestHeaders.Add("Accept", "text/html");
        client.DefaultRequestHeaders.Add("Accept-Language", "en");
        foreach (var (name, value) in headers)
            client.DefaultRequestHeaders.Add(name, value);
    }

    public async Task<Page> GetAsync(string address)
    {
        using var response = await client.GetAsync(address, PortalServer.Cancel);
        return await Page.ReadAsync(response);
    }

    /// <param name="form">The name of the form on the page; null: the address is no page.</param>
    public async Task<Page> PostAsync(string address, string? form, params (string Name, string Value)[] fields)
    {
        var all = fields.Select(field => KeyValuePair.Create(field.Name, field.Value));
        if (form is not null)
            all = all.Prepend(KeyValuePair.Create("_handler", form));
        using var response = await client.PostAsync(address, new FormUrlEncodedContent(all), PortalServer.Cancel);
        return await Page.ReadAsync(response);
    }

    /// <summary>Asks whether the content is wanted before it is sent: an answer that comes without it is heard.</summary>
    public async Task<Page> SendAsync(string address, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        request.Headers.ExpectContinue = true;
        using var response = await client.SendAsync(request, PortalServer.Cancel);
        return await Page.ReadAsync(response);
    }

    public void Dispose() => client.Dispose();
}

internal sealed record Page(int Status, string Body, string? Location, System.Net.Http.Headers.HttpResponseHeaders Headers)
{
    public static async Task<Page> ReadAsync(HttpResponseMessage response) =>
        new(
            (int)response.StatusCode,
            WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(PortalServer.Cancel)),
            response.Headers.Location?.ToString(),
            response.Headers
        );

    public bool LeadsToSignIn => Status == 302 && Location!.StartsWith("/sign-in", StringComparison.Ordinal);
}
