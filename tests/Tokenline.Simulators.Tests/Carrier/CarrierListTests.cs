using System.Net;
using System.Text.Json.Nodes;
using static Tokenline.Simulators.Tests.Carrier.CarrierDesk;

namespace Tokenline.Simulators.Tests.Carrier;

public sealed class CarrierListTests
{
    [Fact]
    public async Task Payments_are_listed_by_page_newest_first_with_their_number()
    {
        await using var desk = await OpenAsync();
        for (var i = 1; i <= 5; i++)
        {
            await desk.MadeAsync(Payments, Payment($"c{i}", 1m));
            desk.Time.Advance(TimeSpan.FromMinutes(1));
        }
        using var response = await desk.Client.GetAsync($"{Payments}?page=2&perPage=2", TestContext.Current.CancellationToken);
        var page = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsArray();
        Assert.Equal(["c3", "c2"], page.Select(Correlator));
        Assert.Equal("5", Assert.Single(response.Headers.GetValues("X-Total-Count")));
        Assert.Equal("4", Assert.Single(response.Headers.GetValues("Content-Last-Key")));
        Assert.Equal(["c1", "c2", "c3", "c4", "c5"], await ListAsync(desk, "?order=asc"));
        Assert.Empty(await ListAsync(desk, "?page=4&perPage=2"));
    }

    [Fact]
    public async Task A_list_is_narrowed_by_dates_states_and_merchant()
    {
        await using var desk = await OpenAsync();
        await desk.MadeAsync(Payments, Payment("c1", metadata: new { merchantIdentifier = "shop" }));
        desk.Time.Advance(TimeSpan.FromHours(1));
        await desk.MadeAsync(Payments + "/prepare", Payment("c2"));
        Assert.Equal(["c2"], await ListAsync(desk, "?paymentCreationDate.gte=2026-09-01T02:30:00Z"));
        Assert.Equal(["c1"], await ListAsync(desk, "?paymentCreationDate.lte=2026-09-01T10:30:00%2B08:00"));
        Assert.Equal(["c2"], await ListAsync(desk, "?paymentStatus=reserved&paymentStatus=denied"));
        Assert.Equal(["c1"], await ListAsync(desk, "?merchantIdentifier=shop"));
    }

    [Theory]
    [InlineData(
        "?paymentCreationDate.gte=2026-09-02T00:00:00Z&paymentCreationDate.lte=2026-09-01T00:00:00Z",
        "CARRIER_BILLING.INVALID_DATE_RANGE"
    )]
    [InlineData("?paymentCreationDate.gte=2026-09-01T00:00:00", "INVALID_ARGUMENT")]
    [InlineData("?page=0", "OUT_OF_RANGE")]
    [InlineData("?perPage=101", "OUT_OF_RANGE")]
    [InlineData("?paymentStatus=lost", "INVALID_ARGUMENT")]
    [InlineData("?order=up", "INVALID_ARGUMENT")]
    public async Task A_list_that_makes_no_sense_is_refused(string query, string code)
    {
        await using var desk = await OpenAsync();
        var (status, error) = await desk.GetAsync(Payments + query);
        Assert.Equal((HttpStatusCode.BadRequest, code), Refusal(status, error));
    }

    private static async Task<IEnumerable<string>> ListAsync(CarrierDesk desk, string query) =>
        (await desk.GetAsync(Payments + query)).Body!.AsArray().Select(Correlator);

    private static string Correlator(JsonNode? payment) => payment!["amountTransaction"]!["clientCorrelator"]!.ToString();
}
