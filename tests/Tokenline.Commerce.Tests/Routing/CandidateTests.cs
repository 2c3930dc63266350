using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;

namespace Tokenline.Commerce.Tests.Routing;

/// <summary>A model that is for sale always has a deployment that a call can go to.</summary>
public sealed class CandidateTests
{
    private const string Model = "qwen3-max"; // served by alibaba, model-market and east-cloud

    [Fact]
    public async Task Weights_that_sum_to_zero_are_refused_and_nothing_is_changed()
    {
        await using var world = await World.SeededAsync();
        Assert.Null(await MapAsync(world, "alibaba", new(0)));
        Assert.Null(await MapAsync(world, "model-market", new(0)));

        Assert.Equal("weight", await MapAsync(world, "east-cloud", new(0)));

        Assert.Equal([0, 0, 100], Traffic(world).Select(traffic => traffic.Weight).Order());
    }

    [Fact]
    public async Task Shares_of_deployments_on_trial_that_leave_nothing_are_refused()
    {
        await using var world = await World.SeededAsync();
        Assert.Null(await MapAsync(world, "model-market", new(CanaryPercent: 60)));

        Assert.Equal("canaryPercent", await MapAsync(world, "east-cloud", new(CanaryPercent: 40)));

        Assert.Null(await MapAsync(world, "east-cloud", new(CanaryPercent: 39)));
        Assert.Equal("canaryPercent", await MapAsync(world, "alibaba", new(CanaryPercent: 1)));
        Assert.Null(await StateAsync(world, "model-market", DeploymentState.Draining)); // who is drained has no share
        Assert.Null(await MapAsync(world, "model-market", new(CanaryPercent: 90), DeploymentState.Draining));
        Assert.Equal("canaryPercent", await StateAsync(world, "model-market", DeploymentState.Active));
    }

    [Fact]
    public async Task The_last_ordinary_deployment_is_not_drained_put_on_trial_or_taken_away()
    {
        await using var world = await World.SeededAsync();
        Assert.Null(await StateAsync(world, "model-market", DeploymentState.Draining));
        Assert.Null(await MapAsync(world, "east-cloud", new(CanaryPercent: 5)));

        Assert.Equal("state", await StateAsync(world, "alibaba", DeploymentState.Draining));
        Assert.Equal("canaryPercent", await MapAsync(world, "alibaba", new(CanaryPercent: 5)));
        Assert.Equal("state", await MapAsync(world, "alibaba", DeploymentTraffic.Default, DeploymentState.Draining));
        Assert.Equal("vendor", (await Editing(world).UnmapAsync(Model, "alibaba", CancellationToken.None)).Refused!.Param);

        Assert.Null(await StateAsync(world, "model-market", DeploymentState.Active));
        Assert.Null(await StateAsync(world, "alibaba", DeploymentState.Draining));
    }

    [Fact]
    public async Task A_withdrawn_model_may_be_drained_whole_and_comes_back_only_with_a_deployment()
    {
        await using var world = await World.SeededAsync();
        var withdrawn = (await Editing(world).WithdrawAsync("glm-5", CancellationToken.None)).Required();
        Assert.Equal(World.Start, withdrawn.WithdrawnAt);
        world.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(World.Start, (await Editing(world).WithdrawAsync("glm-5", CancellationToken.None)).Required().WithdrawnAt);
        Assert.Null((await Editing(world).SetStateAsync("glm-5", "zhipu", DeploymentState.Draining, CancellationToken.None)).Refused);

        Assert.Equal("state", (await Editing(world).RestoreAsync("glm-5", CancellationToken.None)).Refused!.Param);

        (await Editing(world).SetStateAsync("glm-5", "zhipu", DeploymentState.Active, CancellationToken.None)).Required();
        Assert.Null((await Editing(world).RestoreAsync("glm-5", CancellationToken.None)).Required().WithdrawnAt);
        Assert.Null(world.Get<ModelCatalogHolder>().Current.Find("glm-5")!.WithdrawnAt);
    }

    [Fact]
    public async Task A_price_leaves_routing_profile_and_withdrawal_as_they_are_also_after_a_restart()
    {
        await using var world = await World.SeededAsync();
        var rule = new RoutingRule(RoutingPolicies.Sticky)
        {
            Then = RoutingPolicies.LeastCost,
            WarmSeconds = 60,
            Hedge = new(250),
        };
        (await Editing(world).PutRoutingAsync(Model, rule, CancellationToken.None)).Required();
        (await Editing(world).WithdrawAsync(Model, CancellationToken.None)).Required();
        Assert.Null(await MapAsync(world, "east-cloud", new(7, CanaryPercent: 5), DeploymentState.Draining));
        (await Editing(world).PutPriceAsync(Model, PriceSheets.Sheets.Read(""), "", CancellationToken.None)).Required();

        await using var next = await World.OpenAsync(world.Folder);
        foreach (var there in new[] { world, next })
        {
            var model = there.Get<ModelCatalogHolder>().Current.Find(Model)!;
            Assert.Equal(rule, model.Routing);
            Assert.Equal(World.Start, model.WithdrawnAt);
            Assert.Equal(("flagship", 80m), (model.Profile.Class, model.Profile.Quality!.Score));
            Assert.Equal([ModelAbility.Tools, ModelAbility.StructuredOutput], model.Profile.Abilities);
            Assert.Equal(
                new DeploymentTraffic(7, 5, DeploymentState.Draining),
                model.Deployments.Single(deployment => deployment.Vendor == "east-cloud").Traffic
            );
        }
    }

    [Fact]
    public async Task A_deployment_that_is_mapped_again_stays_drained_and_keeps_its_figures_until_told()
    {
        await using var world = await World.SeededAsync();
        var (quality, energy) = (new QualityScore(79, "our own run"), new EnergyFigure(0.9m, true, "our own meter"));
        (
            await Editing(world)
                .MapAsync(
                    Model,
                    "east-cloud",
                    null,
                    1,
                    CancellationToken.None,
                    state: DeploymentState.Draining,
                    quality: quality,
                    energy: energy
                )
        ).Required();

        Assert.Null(await MapAsync(world, "east-cloud", new(50)));

        var deployment = world.Get<ModelCatalogHolder>().Current.Find(Model)!.Deployments.Single(known => known.Vendor == "east-cloud");
        Assert.Equal(new DeploymentTraffic(50, null, DeploymentState.Draining), deployment.Traffic);
        Assert.Equal((quality, energy), (deployment.Profile.Quality, deployment.Profile.Energy));
        Assert.Equal("flagship", deployment.Profile.Class);
    }

    [Fact]
    public async Task A_vendor_that_becomes_real_is_no_longer_stood_in_for_by_a_simulated_reseller()
    {
        await using var world = await World.SeededAsync();

        (
            await Editing(world)
                .PutVendorAsync(
                    new VendorEntry("alibaba", new Uri("https://api.example.com/v1")) { ApiKeys = ["sk-x"] },
                    CancellationToken.None
                )
        ).Required();

        Assert.Equal("alibaba", Assert.Single(world.Get<ModelCatalogHolder>().Current.Find(Model)!.Deployments).Vendor);
        Assert.Equal(3, world.Get<ModelCatalogHolder>().Current.Find("kimi-k2.6")!.Deployments.Length);
    }

    private static CatalogEditing Editing(World world) => world.Get<CatalogEditing>();

    private static async Task<string?> MapAsync(World world, string vendor, DeploymentTraffic traffic, DeploymentState? state = null) =>
        (await Editing(world).MapAsync(Model, vendor, null, 100, CancellationToken.None, traffic: traffic, state: state)).Refused?.Param;

    private static async Task<string?> StateAsync(World world, string vendor, DeploymentState state) =>
        (await Editing(world).SetStateAsync(Model, vendor, state, CancellationToken.None)).Refused?.Param;

    private static IEnumerable<DeploymentTraffic> Traffic(World world) =>
        world.Get<ModelCatalogHolder>().Current.Find(Model)!.Deployments.Select(deployment => deployment.Traffic);
}
