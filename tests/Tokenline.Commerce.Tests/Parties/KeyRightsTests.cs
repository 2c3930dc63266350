using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Tests.Parties;

/// <summary>Where a key hangs in its account's tree, and what prices may depend on.</summary>
public sealed class KeyRightsTests
{
    private static readonly CancellationToken none = CancellationToken.None;

    [Fact]
    public async Task A_key_under_an_allotment_passes_it_also_after_a_restart()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();
        var sales = await world.PutNodeAsync(customer, "Sales");

        var made = (await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("laptop", Allotment: sales), none)).Required();

        Assert.Equal(sales, Find(world, made.Text)!.Allotment);
        await using var next = await World.OpenAsync(world.Folder);
        Assert.Equal(sales, Find(next, made.Text)!.Allotment);
        Assert.Equal(sales, Assert.Single(await next.Get<Keys>().ListAsync(customer.Id, none)).Allotment);
    }

    [Fact]
    public async Task A_key_without_an_allotment_passes_the_account_alone()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();

        var plain = (await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("plain"), none)).Required();
        var root = (await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("root", Allotment: Allotment.Root), none)).Required();

        Assert.Null(Find(world, plain.Text)!.Allotment);
        Assert.Null(Find(world, root.Text)!.Allotment);
    }

    [Fact]
    public async Task A_key_with_limits_has_a_node_of_its_own_under_the_one_it_was_given()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();
        var sales = await world.PutNodeAsync(customer, "Sales");
        var rpm = new Limit("rpm", LimitWindow.Rolling, Measure.Requests, 60, Seconds: 60);

        var made = (
            await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("robot", Allotment: sales, Limits: [rpm]), none)
        ).Required();

        var node = Assert.Single(
            (await world.Accounts.ViewAsync(customer.Account)).Allotments,
            node => node.Terms.Id == made.Key.Allotment
        );
        Assert.Equal((sales, AllotmentType.Key, "robot"), (node.Terms.Parent, node.Terms.Type, node.Terms.Name));
        Assert.Equal(rpm, Assert.Single(node.Limits).Limit);
    }

    [Fact]
    public async Task A_key_is_refused_for_a_node_that_is_not_there_or_lies_in_a_closed_one()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();
        var other = await world.NewCustomerAsync("+8613900000002");
        var theirs = await world.PutNodeAsync(other, "Theirs");
        var sales = await world.PutNodeAsync(customer, "Sales");
        var team = await world.PutNodeAsync(customer, "Team", sales);
        await world.PutNodeAsync(customer, "Sales", id: sales, isClosed: true);

        foreach (var node in new[] { theirs, sales, team })
        {
            var refused = (await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("x", Allotment: node), none)).Refused!;
            Assert.Equal((Problems.InvalidRequest, "allotment"), (refused.Problem, refused.Param));
        }
        Assert.Empty(await world.Get<Keys>().ListAsync(customer.Id, none));
    }

    [Fact]
    public async Task A_limit_that_cannot_be_kept_makes_no_key()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();
        var endless = new Limit("rpm", LimitWindow.Rolling, Measure.Requests, 60);

        var refused = (await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("x", Limits: [endless]), none)).Refused!;

        Assert.Equal("limits[0].seconds", refused.Param);
        Assert.Empty(await world.Get<Keys>().ListAsync(customer.Id, none));
    }

    [Fact]
    public async Task Group_and_region_reach_live_keys_with_their_change_and_revive_no_revoked_one()
    {
        await using var world = await World.OpenAsync();
        var customer = (await world.Customers.CreateAsync("+8613900000001", "Li Lei", "campus", "cn-east", none)).Required();
        var live = (await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("live"), none)).Required();
        var revoked = (await world.Get<Keys>().CreateAsync(customer.Id, new KeyTerms("revoked"), none)).Required();
        await world.Get<Keys>().RevokeAsync(customer.Id, revoked.Key.Id, none);
        Assert.Equal(("campus", "cn-east"), (Find(world, live.Text)!.CustomerGroup, Find(world, live.Text)!.Region));

        await world.Customers.SetTraitsAsync(customer.Id, "staff", null, none);

        Assert.Equal(("staff", null), (Find(world, live.Text)!.CustomerGroup, Find(world, live.Text)!.Region));
        Assert.Null(Find(world, revoked.Text));
        await using var next = await World.OpenAsync(world.Folder);
        Assert.Equal(("staff", null), (Find(next, live.Text)!.CustomerGroup, Find(next, live.Text)!.Region));
    }

    [Theory]
    [InlineData("Campus", null, "group")]
    [InlineData("", null, "group")]
    [InlineData(null, "cn east", "region")]
    [InlineData(null, "a-region-name-that-is-far-too-long", "region")]
    public async Task A_group_or_region_that_no_tariff_can_name_is_refused(string? group, string? region, string param)
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();

        Assert.Equal(param, (await world.Customers.CreateAsync("+8613900000003", "x", group, region, none)).Refused!.Param);
        Assert.Equal(param, (await world.Customers.SetTraitsAsync(customer.Id, group, region, none)).Refused!.Param);
    }

    private static KeyRights? Find(World world, string text) => world.Get<Keyring>().Find(text, world.Time.GetUtcNow());
}
