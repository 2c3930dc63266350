using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tokenline.Billing;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Tests.Payments;
using Tokenline.Management;
using Tokenline.Management.Billing;
using Tokenline.Storage.Management;

namespace Tokenline.Commerce.Tests.Api;

/// <summary>The simulated carrier calls the real endpoint, which asks the carrier and carries the order out.</summary>
public sealed class CarrierEventApiTests : IAsyncLifetime
{
    private readonly string folder = Path.Combine(Path.GetTempPath(), $"tokenline-{Guid.NewGuid():n}");
    private readonly HttpClient http = CarrierBillingClient.NewHttpClient();
    private CarrierBench carrier = null!;
    private WebApplication app = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("+8613800009903", OrderState.Completed)]
    [InlineData("+8613800009905", OrderState.Completed)]
    [InlineData("+8613800009904", OrderState.Failed)]
    public async Task An_order_that_the_carrier_decides_later_ends_when_the_carrier_says_so(string number, OrderState end)
    {
        var order = await BuyAsync(number);
        Assert.Equal(OrderState.InProgress, order.State);
        carrier.Time.Advance(TimeSpan.FromSeconds(2));
        var ended = await EndAsync(order.Id);
        Assert.Equal(end, ended.State);
        Assert.Equal(end == OrderState.Completed ? 1 : 0, (await OfAsync(ended)).Count);
        Assert.All(carrier.Carrier.Callbacks.Sent, sent => Assert.Equal(204, sent.Status));
    }

    [Fact]
    public async Task An_event_that_lies_ends_nothing_and_is_refused()
    {
        var order = await BuyAsync("+8613800009907");
        carrier.Time.Advance(TimeSpan.FromSeconds(2));
        while (carrier.Carrier.Callbacks.Sent.Count == 0)
            await Task.Delay(5, Cancel);
        Assert.Equal(403, carrier.Carrier.Callbacks.Sent[0].Status);
        Assert.Equal(OrderState.InProgress, (await app.Services.GetRequiredService<IOrderStore>().FindAsync(order.Id, Cancel))!.State);

        // Asked again, the carrier says what is so.
        await app.Services.GetRequiredService<Ordering>().ResumeAsync(Cancel);
        Assert.Equal(OrderState.Failed, (await EndAsync(order.Id)).State);
    }

    [Theory]
    [InlineData("ord_0000000000001", "Bearer simulator", HttpStatusCode.Unauthorized, "UNAUTHENTICATED")]
    [InlineData("ord_0000000000001", null, HttpStatusCode.Unauthorized, "UNAUTHENTICATED")]
    public async Task Without_the_token_of_the_payment_nobody_is_heard(
        string order,
        string? authorization,
        HttpStatusCode status,
        string code
    )
    {
        using var response = await PostAsync(order, authorization, "{}");
        Assert.Equal(status, response.StatusCode);
        Assert.Contains($"\"code\":\"{code}\"", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_token_it_must_still_be_an_event_about_an_order_that_is_there()
    {
        var (token, _) = new SinkTokens(new CommerceOptions()).New("ord_0000000000001", World.Start);
        using var malformed = await PostAsync("ord_0000000000001", $"Bearer {token}", "{}");
        Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        using var large = await PostAsync("ord_0000000000001", $"Bearer {token}", new string(' ', 16 * 1024 + 1));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using var gone = await PostAsync(
            "ord_0000000000001",
            $"Bearer {token}",
            """{"specversion":"1.0","id":"e1","source":"s","type":"org.camaraproject.carrier-billing.v0.payment-completed","data":{"paymentId":"pay-1"}}"""
        );
        Assert.Equal(HttpStatusCode.Gone, gone.StatusCode);
    }

    public async ValueTask InitializeAsync()
    {
        carrier = await CarrierBench.OpenAsync();
        var options = carrier.Options;
        await World.PrepareAsync(folder, seeded: true);
        var builder = WebApplication.CreateSlimBuilder();
        var url = $"http://127.0.0.1:{FreePort()}"; // which the carrier is told before the server starts
        builder.WebHost.UseUrls(url);
        World.Register(builder.Services, folder, options);
        builder.Services.AddSingleton<IPhoneBill>(provider => new CarrierBillingClient(
            http,
            options with
            {
                CarrierSink = new Uri($"{url}/carrier/events"),
            },
            provider.GetRequiredService<IPaymentAlarms>(),
            provider.GetRequiredService<FakeTimeProvider>()
        ));
        builder.Services.AddBilling(new BillingOptions());
        builder.Services.AddManagementApi("admin-key-for-tests");
        app = builder.Build();
        app.MapManagementApi();
        await app.Services.OpenManagementStorageAsync(Cancel);
        await app.Services.GetRequiredService<CommerceStart>().LoadAsync(Cancel);
        await app.StartAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await carrier.DisposeAsync();
        await app.DisposeAsync();
        http.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<ProductOrder> BuyAsync(string number)
    {
        var customer = (await app.Services.GetRequiredService<Customers>().CreateAsync(number, "Li Lei", Cancel)).Required();
        return (await app.Services.GetRequiredService<Ordering>().PlaceAsync(customer.Id, "plan-light", null, Cancel)).Required();
    }

    private async Task<ProductOrder> EndAsync(OrderId id)
    {
        for (var tries = 0; tries < 2000; tries++)
        {
            var order = (await app.Services.GetRequiredService<IOrderStore>().FindAsync(id, Cancel))!;
            if (order.State is OrderState.Completed or OrderState.Failed)
                return order;
            await Task.Delay(5, Cancel);
        }
        throw new InvalidOperationException($"order {id} has not ended");
    }

    private Task<IReadOnlyList<Product>> OfAsync(ProductOrder order) =>
        app.Services.GetRequiredService<IOrderStore>().ProductsAsync(order.Customer, Cancel);

    private async Task<HttpResponseMessage> PostAsync(string order, string? authorization, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{app.Urls.First()}/carrier/events/{order}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/cloudevents+json"),
        };
        if (authorization is not null)
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        return await http.SendAsync(request, Cancel);
    }
}
