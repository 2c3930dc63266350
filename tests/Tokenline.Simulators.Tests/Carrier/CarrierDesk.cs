using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Simulators.Carrier;

namespace Tokenline.Simulators.Tests.Carrier;

/// <summary>A carrier on a socket of its own whose clock stands still, and a caller of its interfaces.</summary>
internal sealed class CarrierDesk : IAsyncDisposable
{
    public const string Number = "+8613800001234";
    public const string Payments = "carrier-billing/v0.5/payments";
    private readonly SimulatorServer server;

    private CarrierDesk(SimulatorServer server, FakeTimeProvider time)
    {
        (this.server, Time) = (server, time);
        Client = new HttpClient { BaseAddress = new Uri(server.Address, "/carrier/") };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "operator");
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public CarrierSimulator Carrier => server.Carrier;
    public FakeTimeProvider Time { get; }
    public HttpClient Client { get; }

    public static async Task<CarrierDesk> OpenAsync(CarrierSimulatorOptions? options = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 9, 1, 2, 0, 0, TimeSpan.Zero)); // 10:00 in China
        var carrier = (options ?? new()) with { Time = time };
        return new(await SimulatorServer.StartAsync("http://127.0.0.1:0", new SimulatorOptions { Carrier = carrier }, Cancel), time);
    }

    /// <summary>The status and the body, which is null where there is none.</summary>
    public async Task<(HttpStatusCode Status, JsonNode? Body)> PostAsync(string path, object body)
    {
        using var response = await Client.PostAsync(path, JsonContent.Create(body, options: JsonSerializerOptions.Web), Cancel);
        return await ReadAsync(response);
    }

    public async Task<(HttpStatusCode Status, JsonNode? Body)> GetAsync(string path)
    {
        using var response = await Client.GetAsync(path, Cancel);
        return await ReadAsync(response);
    }

    /// <summary>The body of what must go well.</summary>
    public async Task<JsonNode> MadeAsync(string path, object body)
    {
        var (status, made) = await PostAsync(path, body);
        Assert.True(status == HttpStatusCode.Created, $"{status} {made}");
        return made!;
    }

    public async Task<(HttpStatusCode Status, string Code)> RefusedAsync(string path, object body)
    {
        var (status, error) = await PostAsync(path, body);
        return Refusal(status, error);
    }

    public static (HttpStatusCode Status, string Code) Refusal(HttpStatusCode status, JsonNode? error)
    {
        Assert.Equal((int)status, error!["status"]!.GetValue<int>());
        Assert.NotEmpty(error["message"]!.ToString());
        return (status, error["code"]!.ToString());
    }

    public async Task<string> StatusOfAsync(string paymentId) =>
        (await GetAsync($"{Payments}/{paymentId}")).Body!["paymentStatus"]!.ToString();

    public static object Payment(
        string? correlator,
        decimal amount = 9.9m,
        string? number = Number,
        string reference = "order-1",
        object? details = null,
        object? metadata = null,
        bool isTaxIncluded = true,
        string? sink = null,
        object? credential = null
    ) =>
        Without(
            new
            {
                amountTransaction = new
                {
                    phoneNumber = number,
                    clientCorrelator = correlator,
                    referenceCode = reference,
                    paymentAmount = new
                    {
                        chargingInformation = new
                        {
                            amount,
                            currency = "CNY",
                            description = "Plan",
                            isTaxIncluded,
                        },
                        chargingMetaData = metadata,
                        paymentDetails = details,
                    },
                },
                sink,
                sinkCredential = credential,
            }
        );

    public static object Refund(
        string? correlator,
        decimal? amount,
        bool isTaxIncluded = true,
        object? details = null,
        string? sink = null
    ) =>
        Without(
            new
            {
                type = amount is null ? "total" : "partial",
                reason = "changed my mind",
                amountTransaction = new
                {
                    clientCorrelator = correlator,
                    referenceCode = correlator ?? "refund-1",
                    refundAmount = new
                    {
                        chargingInformation = amount is null
                            ? null
                            : new
                            {
                                amount,
                                currency = "CNY",
                                description = "Plan",
                                isTaxIncluded,
                            },
                        refundDetails = details,
                    },
                },
                sink,
            }
        );

    public static string Refunds(JsonNode payment) => $"carrier-billing-refund/v0.3/payments/{payment["paymentId"]}/refunds";

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.DisposeAsync();
    }

    /// <summary>What is null is left out, as a caller would.</summary>
    private static JsonNode Without(object body)
    {
        var node = JsonSerializer.SerializeToNode(body, JsonSerializerOptions.Web)!;
        Prune(node);
        return node;
    }

    private static void Prune(JsonNode node)
    {
        if (node is not JsonObject members)
            return;
        foreach (var (name, value) in members.ToList())
        {
            if (value is null)
                members.Remove(name);
            else
                Prune(value);
        }
    }

    private static async Task<(HttpStatusCode, JsonNode?)> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        return (response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }
}
