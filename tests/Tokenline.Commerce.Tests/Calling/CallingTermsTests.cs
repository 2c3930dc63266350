using System.Net;
using CsCheck;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Parties;
using Tokenline.Testing;

namespace Tokenline.Commerce.Tests.Calling;

public sealed class CallingTermsTests
{
    private static CancellationToken None => CancellationToken.None;

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData("203.0.113.7/32", "203.0.113.7")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("2001:DB8::1", "2001:db8::1")]
    public void A_range_is_read_and_written(string text, string written)
    {
        Assert.True(AddressRange.TryParse(text, out var range));
        Assert.Equal(written, range.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("203.0.113.7/24")] // bits beyond the prefix: somebody means another range
    [InlineData("203.0.113.0/33")]
    [InlineData("203.0.113.0/-1")]
    [InlineData("203.0.113.0/+8")]
    [InlineData("203.0.113.0/ 8")]
    [InlineData("10.1")]
    [InlineData("167772161")]
    [InlineData("0x0a000001")]
    [InlineData("2001:db8::/129")]
    [InlineData("fe80::1%2")]
    [InlineData("example.com")]
    [InlineData("203.0.113.0/24/24")]
    public void What_is_no_range_is_none(string text) => Assert.False(AddressRange.TryParse(text, out _));

    [Fact]
    public void A_range_has_the_addresses_that_share_its_prefix_and_no_others_mapped_or_not() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.Int[0, 32])
            .Sample(
                (network, address, bits) =>
                {
                    var mask = bits == 0 ? 0 : uint.MaxValue << (32 - bits);
                    Assert.True(AddressRange.TryParse($"{Of(network & mask)}/{bits}", out var range));
                    var isIn = (address & mask) == (network & mask);
                    Assert.Equal(isIn, range.Contains(Of(address)));
                    Assert.Equal(isIn, range.Contains(Of(address).MapToIPv6()));
                    Assert.False(range.Contains(IPAddress.Parse("2001:db8::1")) && bits > 0);
                }
            );

    [Fact]
    public void Looking_at_an_address_allocates_nothing()
    {
        var terms = new CallingTerms([.. Enumerable.Range(0, 64).Select(i => new AccessLine("x", $"10.{i}.0.0/16", default))]);
        var (inside, outside) = (IPAddress.Parse("10.63.1.2"), IPAddress.Parse("2001:db8::1"));
        Assert.Equal(AccessVerdict.Allowed, terms.Judge(inside));
        Assert.Equal(AccessVerdict.NotFromThere, terms.Judge(outside));
        Assert.Equal(AccessVerdict.NotFromThere, terms.Judge(null));
        Assert.Equal(AccessVerdict.Allowed, CallingTerms.None.Judge(null));
        Assert.Equal(0, Allocations.Least(() => _ = terms.Judge(inside) == terms.Judge(outside)));
    }

    [Fact]
    public async Task Lines_reach_every_key_of_the_customer_and_no_other_and_a_new_key_has_them()
    {
        await using var world = await World.SeededAsync();
        var (customer, other) = (await world.NewCustomerAsync(), await world.NewCustomerAsync("+8613900000002"));
        var (before, theirs) = (await KeyAsync(customer), await KeyAsync(other));
        var editing = world.Get<CallingTermsEditing>();
        (await editing.AddLineAsync(customer.Id, "Office", " 203.0.113.0/24 ", None)).Required();
        var after = await KeyAsync(customer);
        (await editing.PreferAsync(customer.Id, CallPreference.Greenest, None)).Required();

        foreach (var key in new[] { before, after })
        {
            var terms = world.Get<Keyring>().Find(key, World.Start)!.Terms!;
            Assert.Equal(("203.0.113.0/24", CallPreference.Greenest), (terms.Lines.Single().Range, terms.Prefers));
        }
        Assert.Null(world.Get<Keyring>().Find(theirs, World.Start)!.Terms);
        Assert.Equal(Problems.Conflict, (await editing.AddLineAsync(customer.Id, "Again", "203.0.113.0/24", None)).Refused!.Problem);
        Assert.Equal("range", (await editing.AddLineAsync(customer.Id, "Wrong", "203.0.113.1/24", None)).Refused!.Param);
        Assert.Equal("name", (await editing.AddLineAsync(customer.Id, " ", "203.0.113.1", None)).Refused!.Param);
        Assert.Equal(Problems.NotFound, (await editing.RemoveLineAsync(customer.Id, "10.0.0.0/8", None)).Refused!.Problem);

        (await editing.RemoveLineAsync(customer.Id, "203.0.113.0/24", None)).Required();
        (await editing.PreferAsync(customer.Id, CallPreference.Operators, None)).Required();
        Assert.Null(world.Get<Keyring>().Find(before, World.Start)!.Terms);

        async Task<string> KeyAsync(Customer of) => (await world.Get<Keys>().CreateAsync(of.Id, "key", null, null, None)).Required().Text;
    }

    private static IPAddress Of(uint address) => new([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]);
}
