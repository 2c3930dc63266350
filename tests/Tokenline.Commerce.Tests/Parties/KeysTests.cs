using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Tests.Parties;

public sealed class KeysTests
{
    [Fact]
    public async Task A_key_works_from_its_answer_on_until_it_is_revoked_and_after_a_restart()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();
        var kept = (await world.Get<Keys>().CreateAsync(customer.Id, "kept", null, ["glm-5"], CancellationToken.None)).Required();
        var revoked = (await world.Get<Keys>().CreateAsync(customer.Id, "revoked", null, null, CancellationToken.None)).Required();

        var rights = Find(world, kept.Text)!;
        Assert.Equal((kept.Key.Id, customer.Account), (rights.Key, rights.Account));
        Assert.Equal(["glm-5"], rights.Models!);
        await world.Get<Keys>().RevokeAsync(customer.Id, revoked.Key.Id, CancellationToken.None);
        Assert.Null(Find(world, revoked.Text));
        Assert.Equal(
            revoked.Key.Id,
            (await world.Get<Keys>().RevokeAsync(customer.Id, revoked.Key.Id, CancellationToken.None)).Required().Id
        );

        await using var next = await World.OpenAsync(world.Folder);
        Assert.Equal(kept.Key.Id, Find(next, kept.Text)!.Key);
        Assert.Null(Find(next, revoked.Text));
    }

    [Fact]
    public async Task A_key_for_a_model_that_does_not_exist_is_refused_with_the_nearest_names()
    {
        await using var world = await World.SeededAsync();
        var customer = await world.NewCustomerAsync();

        var made = await world.Get<Keys>().CreateAsync(customer.Id, "typo", null, ["glm-5", "deepseek-v4-flahs"], CancellationToken.None);

        Assert.Equal("models", made.Refused?.Param);
        Assert.Contains("no model 'deepseek-v4-flahs'", made.Refused!.Message, StringComparison.Ordinal);
        Assert.Contains("deepseek-v4-flash", made.Refused.Message, StringComparison.Ordinal);
        Assert.Empty(await world.Get<Keys>().ListAsync(customer.Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_key_ends_when_it_says()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();
        var key = (
            await world.Get<Keys>().CreateAsync(customer.Id, "short", World.Start.AddHours(1), null, CancellationToken.None)
        ).Required();

        Assert.NotNull(Find(world, key.Text));
        world.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(Find(world, key.Text));
    }

    [Fact]
    public async Task The_text_of_a_key_is_kept_nowhere()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();
        var made = (await world.Get<Keys>().CreateAsync(customer.Id, "named so", null, null, CancellationToken.None)).Required();

        Assert.DoesNotContain(
            made.Text,
            $"{made} {made.Key} {string.Join(' ', await world.Get<Keys>().ListAsync(customer.Id, CancellationToken.None))}"
        );
        Assert.Equal(46, made.Text.Length);
        var kept = await KeptText.OfAsync(world.Folder);
        Assert.Contains("named so", kept);
        Assert.DoesNotContain(made.Text, kept);
    }

    [Fact]
    public async Task Another_customers_key_cannot_be_revoked()
    {
        await using var world = await World.OpenAsync();
        var owner = await world.NewCustomerAsync("+8613900000001");
        var other = await world.NewCustomerAsync("+8613900000002");
        var key = (await world.Get<Keys>().CreateAsync(owner.Id, "mine", null, null, CancellationToken.None)).Required();

        Assert.Equal(
            Problems.NotFound,
            (await world.Get<Keys>().RevokeAsync(other.Id, key.Key.Id, CancellationToken.None)).Refused!.Problem
        );
        Assert.NotNull(Find(world, key.Text));
    }

    [Fact]
    public void Keys_are_known_by_their_hash_alone()
    {
        var keyring = new Keyring();
        var text = Keyring.NewKey();
        keyring.Put(Keyring.HashOf(text), new KeyRights(new KeyId(1), new AccountId(1), null, null));

        Assert.NotNull(keyring.Find(text, World.Start));
        Assert.Null(keyring.Find(text.AsSpan(0, text.Length - 1), World.Start));
        Assert.Null(keyring.Find("", World.Start));
        Assert.Null(keyring.Find(new string('x', 100_000), World.Start));
    }

    /// <summary>More of them than the texts that are remembered, so that they take each other's places.</summary>
    [Fact]
    public void Each_of_many_keys_is_found_time_after_time_and_none_once_it_is_revoked()
    {
        var keyring = new Keyring();
        var texts = Enumerable.Range(0, 10_000).Select(_ => Keyring.NewKey()).ToList();
        for (var i = 0; i < texts.Count; i++)
            keyring.Put(Keyring.HashOf(texts[i]), new KeyRights(new KeyId(i), new AccountId(1), World.Start.AddDays(1), null));

        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < texts.Count; i++)
            {
                Assert.Equal(new KeyId(i), keyring.Find(texts[i], World.Start)?.Key);
                Assert.Equal(new KeyId(i), keyring.Find(texts[i], World.Start)?.Key); // remembered by now
                Assert.Null(keyring.Find(texts[i], World.Start.AddDays(1)));
            }
        }
        foreach (var text in texts)
        {
            Assert.NotNull(keyring.Find(text, World.Start));
            keyring.Remove(Keyring.HashOf(text));
            Assert.Null(keyring.Find(text, World.Start));
        }
    }

    [Theory]
    [InlineData("+8613800000000", true)]
    [InlineData("8613800000000", false)]
    [InlineData("+0613800000000", false)]
    [InlineData("+86 13800000000", false)]
    [InlineData("+861380000000٠", false)]
    [InlineData("+1234567", false)]
    [InlineData("+1234567890123456", false)]
    public void Phone_numbers_are_E164(string text, bool valid) => Assert.Equal(valid, Customer.IsPhoneNumber(text));

    [Fact]
    public async Task A_phone_number_is_one_customer()
    {
        await using var world = await World.OpenAsync();
        var customer = await world.NewCustomerAsync();

        var again = await world.Customers.CreateAsync(customer.PhoneNumber, "Somebody else", CancellationToken.None);

        Assert.Equal((Problems.Conflict, "phoneNumber"), (again.Refused!.Problem, again.Refused.Param));
        Assert.Equal(customer, await world.Get<ICustomerStore>().FindByPhoneAsync(customer.PhoneNumber, CancellationToken.None));
        Assert.Equal(customer, await world.Get<ICustomerStore>().FindByAccountAsync(customer.Account, CancellationToken.None));
    }

    [Fact]
    public async Task Customers_are_listed_newest_first_in_pages()
    {
        await using var world = await World.OpenAsync();
        var made = new List<Customer>();
        for (var i = 0; i < 5; i++)
            made.Insert(0, await world.NewCustomerAsync($"+861390000000{i}"));

        var store = world.Get<ICustomerStore>();
        var first = await store.ListAsync(null, 3, CancellationToken.None);
        var rest = await store.ListAsync(first[^1].Id, 3, CancellationToken.None);

        Assert.Equal(made, first.Concat(rest));
    }

    private static KeyRights? Find(World world, string text) => world.Get<Keyring>().Find(text, world.Time.GetUtcNow());
}
