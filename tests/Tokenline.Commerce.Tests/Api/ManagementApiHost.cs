using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tokenline.Billing;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Management;
using Tokenline.Management.Billing;
using Tokenline.Storage.Management;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>The API on a real socket, over the demo's catalogue.</summary>
public abstract class ManagementApiHost : IAsyncLifetime
{
    private const string AdminKey = "admin-key-for-tests";
    private protected readonly string folder = Path.Combine(Path.GetTempPath(), $"tokenline-{Guid.NewGuid():n}");
    private protected WebApplication app = null!;
    private protected HttpClient http = null!;

    public virtual async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await World.PrepareAsync(folder, seeded: true);
        World.Register(builder.Services, folder, new CommerceOptions());
        builder.Services.AddBilling(new BillingOptions());
        Register(builder.Services);
        builder.Services.AddManagementApi(AdminKey);
        app = builder.Build();
        app.MapManagementApi();
        await app.Services.OpenManagementStorageAsync(CancellationToken.None);
        await app.Services.GetRequiredService<CommerceStart>().LoadAsync(CancellationToken.None);
        await app.StartAsync();
        http = new HttpClient { BaseAddress = new Uri($"{app.Urls.First()}/api/v1/") };
        http.DefaultRequestHeaders.Authorization = new("Bearer", AdminKey);
    }

    /// <summary>Takes the place of what is registered.</summary>
    private protected virtual void Register(IServiceCollection services) { }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        http.Dispose();
        await app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>A call of 20,000 tokens in and 1,000 out, held and settled.</summary>
    /// <param name="ending">What the settle says otherwise than a plain one.</param>
    private protected async Task<UsageRecord> CallAsync(
        AccountId account,
        string? run = null,
        Func<SettleRequest, SettleRequest>? ending = null
    )
    {
        var accounts = app.Services.GetRequiredService<InMemoryChargingAccounts>();
        var charge = app.Services.GetRequiredService<IdSource>().Next<ChargeKind>();
        await accounts.HoldAsync(
            account,
            new()
            {
                Charge = charge,
                Key = new KeyId(1),
                Tariff = app.Services.GetRequiredService<TariffHolder>().Current.Find("glm-5", World.Start)!,
                Vendor = "zhipu",
                Deployment = "glm-5@zhipu",
                Stream = false,
                InputBound = 20_000,
                InputEstimate = 20_000,
                OutputWanted = 1_000,
                OutputModest = 1_000,
                OutputMin = 1,
                Precise = true,
                Node = 1,
                Run = run,
            }
        );
        var settle = new SettleRequest
        {
            Charge = charge,
            Usage = Usage.Of(20_000, 1_000),
            Basis = UsageBasis.Vendor,
            Ending = CallEnding.Completed,
        };
        return (await accounts.SettleAsync(account, ending?.Invoke(settle) ?? settle)).Record!;
    }

    /// <param name="by">Somebody else than the operator.</param>
    internal async Task<Answer> SendAsync(
        HttpMethod method,
        string path,
        string? body = null,
        int status = 200,
        string? key = null,
        HttpClient? by = null
    )
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await (by ?? http).SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == (int)response.StatusCode, $"{method} {path}: {(int)response.StatusCode} {text}");
        Assert.Equal(status >= 400 ? "application/problem+json" : "application/json", response.Content.Headers.ContentType?.MediaType);
        return new Answer(text);
    }

    internal sealed class Answer(string text)
    {
        private readonly JsonElement root = JsonDocument.Parse(text).RootElement;

        public string Text { get; } = text;

        /// <summary>A value by its path, such as <c>items.0.id</c>; null when it is not there.</summary>
        public string? this[string path]
        {
            get
            {
                var at = root;
                var left = path;
                while (left.Length > 0)
                {
                    // Model IDs have dots and slashes: the longest name that fits is taken.
                    var step = Enumerable
                        .Range(1, left.Count(c => c == '.') + 1)
                        .Reverse()
                        .Select(n => string.Join('.', left.Split('.').Take(n)))
                        .FirstOrDefault(name => Has(at, name));
                    if (step is null)
                        return null;
                    at = at.ValueKind == JsonValueKind.Array ? at[int.Parse(step)] : at.GetProperty(step);
                    left = left.Length == step.Length ? "" : left[(step.Length + 1)..];
                }
                return at.ToString();
            }
        }

        private static bool Has(JsonElement element, string name) =>
            element.ValueKind switch
            {
                JsonValueKind.Object => element.TryGetProperty(name, out _),
                JsonValueKind.Array => int.TryParse(name, out var index) && index < element.GetArrayLength(),
                _ => false,
            };
    }
}
