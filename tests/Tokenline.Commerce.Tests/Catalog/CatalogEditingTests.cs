using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class CatalogEditingTests
{
    private const string Secret = "sk-vendor-secret-0123456789";
    private static readonly Uri real = new("https://api.example.com/v1");

    [Fact]
    public async Task A_vendor_with_an_address_and_a_key_serves_its_models_at_once()
    {
        await using var world = await World.SeededAsync();
        Assert.True(Deployment(world, "deepseek-v4-pro").Simulated);

        await PutVendorAsync(world, "deepseek", Secret);

        var deployment = Deployment(world, "deepseek-v4-pro");
        Assert.Equal((real, Secret, false), (deployment.BaseUrl, deployment.ApiKeys.Single(), deployment.Simulated));
        Assert.True(Deployment(world, "glm-5").Simulated);
    }

    [Fact]
    public async Task A_real_vendor_takes_a_model_over_from_the_simulator_under_its_own_name()
    {
        await using var world = await World.SeededAsync();
        await PutVendorAsync(world, "reseller", Secret);

        (await world.Get<CatalogEditing>().MapAsync("deepseek-v4-pro", "reseller", "ds-v4", 10, CancellationToken.None)).Required();

        var deployment = Deployment(world, "deepseek-v4-pro");
        Assert.Equal(("deepseek-v4-pro@reseller", "ds-v4", 10), (deployment.Id, deployment.UpstreamModel, deployment.Priority));
        Assert.Equal("deepseek", Deployment(world, "deepseek-v4-flash").Vendor);
    }

    [Fact]
    public async Task Seeding_again_leaves_real_vendors_alone_and_takes_simulated_ones_to_the_new_address()
    {
        await using var world = await World.SeededAsync();
        await PutVendorAsync(world, "deepseek", Secret);

        await world.Get<DemoSeed>().SeedAsync(new Uri("http://127.0.0.1:9999"), CancellationToken.None);

        Assert.Equal(real, Deployment(world, "deepseek-v4-pro").BaseUrl);
        Assert.Equal(new Uri("http://127.0.0.1:9999/vendors/zhipu/v1"), Deployment(world, "glm-5").BaseUrl);
    }

    [Fact]
    public async Task Another_address_without_a_key_does_not_get_the_old_one()
    {
        await using var world = await World.SeededAsync();
        await PutVendorAsync(world, "deepseek", Secret);
        await PutVendorAsync(world, "deepseek", key: null);
        Assert.Equal([Secret], Deployment(world, "deepseek-v4-pro").ApiKeys);

        await world
            .Get<CatalogEditing>()
            .PutVendorAsync(new VendorEntry("deepseek", new Uri("https://elsewhere.example")), CancellationToken.None);

        Assert.Empty(Deployment(world, "deepseek-v4-pro").ApiKeys);
    }

    [Fact]
    public async Task A_new_price_is_a_new_version_and_the_old_one_stays_what_it_was()
    {
        await using var world = await World.SeededAsync();
        var tariffs = world.Get<TariffHolder>();
        var before = tariffs.Current.Find("glm-5", world.Time.GetUtcNow())!;
        world.Time.Advance(TimeSpan.FromMinutes(1));

        var price = new PriceSheet(
            Currency.Cny,
            [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = 5, ["output"] = 20 })]
        );
        (await world.Get<CatalogEditing>().PutPriceAsync("glm-5", price, "dearer", CancellationToken.None)).Required();

        var now = tariffs.Current.Find("glm-5", world.Time.GetUtcNow())!;
        Assert.Equal((before.Version + 1, 5_000_000_000), (now.Version, now.Price.Table.Tiers[0][Meter.Input]));
        Assert.Same(before, tariffs.Current.Find("glm-5", World.Start));
        Assert.Equal(
            before.Price.Table.Tiers[0][Meter.Input],
            tariffs.Current.Get("glm-5", before.Version).Price.Table.Tiers[0][Meter.Input]
        );
        Assert.NotNull(tariffs.Current.Find("kimi-k2.6", world.Time.GetUtcNow()));

        await using var next = await World.OpenAsync(world.Folder);
        next.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(now.Version, next.Get<TariffHolder>().Current.Find("glm-5", next.Time.GetUtcNow())!.Version);
    }

    [Fact]
    public async Task A_version_made_after_the_clock_was_set_back_is_still_the_newest()
    {
        await using var first = await World.SeededAsync();
        first.Time.Advance(TimeSpan.FromHours(1));
        var price = new PriceSheet(
            Currency.Cny,
            [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = 5, ["output"] = 20 })]
        );
        await first.Get<CatalogEditing>().PutPriceAsync("glm-5", price, "", CancellationToken.None);

        await using var second = await World.OpenAsync(first.Folder); // an hour earlier
        var draft = second.Get<TariffPublishing>().Draft([new PriceChange("glm-5", ModelKind.Chat, price)], "").Required();

        Assert.Equal((3, World.Start.AddHours(1)), (draft.Version, draft.EffectiveFrom));
    }

    [Fact]
    public async Task A_vendors_key_is_sealed_in_the_file_and_in_no_text()
    {
        await using var world = await World.SeededAsync();
        var vendor = (await PutVendorAsync(world, "deepseek", Secret)).Required();

        Assert.DoesNotContain(Secret, $"{vendor} {Deployment(world, "deepseek-v4-pro")}");
        var kept = await KeptText.OfAsync(world.Folder);
        Assert.Contains(vendor.Id, kept);
        Assert.DoesNotContain(Secret, kept);
    }

    [Theory]
    [InlineData("Deep Seek", "https://api.example.com/v1", "id")]
    [InlineData("deepseek", "ftp://api.example.com/v1", "baseUrl")]
    [InlineData("deepseek", "https://user:pass@api.example.com/v1", "baseUrl")]
    public async Task A_vendor_that_cannot_be_is_refused_by_the_field(string id, string baseUrl, string param)
    {
        await using var world = await World.OpenAsync();

        var put = await world.Get<CatalogEditing>().PutVendorAsync(new VendorEntry(id, new Uri(baseUrl)), CancellationToken.None);

        Assert.Equal(param, put.Refused!.Param);
    }

    private static Task<Outcome<Vendor>> PutVendorAsync(World world, string id, string? key) =>
        world
            .Get<CatalogEditing>()
            .PutVendorAsync(new VendorEntry(id, real) { ApiKeys = key is null ? null : [key] }, CancellationToken.None);

    private static Deployment Deployment(World world, string model) =>
        Assert.Single(world.Get<ModelCatalogHolder>().Current.Find(model)!.Deployments);
}
