namespace Tokenline.Commerce.Tests.PriceSheets;

/// <summary>What cannot be a price is refused with the field and the reason, one row for each.</summary>
public sealed class RefusedSheetTests
{
    private const string Price = """{"input":"2","output":"8"}""";

    [Theory]
    // Tiers
    [InlineData(
        """
            "tiers":[]
            """,
        "tiers",
        "1 to 16 tiers"
    )]
    [InlineData(
        """
            "tiers":[{"upToInput":32000,"upToOutput":200,"price":P},{"price":P}]
            """,
        "tiers[1].upToOutput",
        "no tier for longer outputs"
    )]
    [InlineData(
        """
            "tiers":[{"upToInput":32000,"upToOutput":200,"price":P},{"upToInput":32000,"upToOutput":200,"price":P},{"price":P}]
            """,
        "tiers[1].upToOutput",
        "rising order of output"
    )]
    [InlineData(
        """
            "tiers":[{"upToInput":64000,"price":P},{"upToInput":32000,"price":P},{"price":P}]
            """,
        "tiers[1].upToInput",
        "rising order"
    )]
    [InlineData(
        """
            "tiers":[{"upToInput":32000,"price":P},{"upToInput":32000,"upToOutput":200,"price":P},{"price":P}]
            """,
        "tiers[1].upToInput",
        "divided by output or not at all"
    )]
    [InlineData(
        """
            "tiers":[{"upToInput":-1,"price":P},{"price":P}]
            """,
        "tiers[0].upToInput",
        "at least 1 token"
    )]
    [InlineData(
        """
            "tiers":[{"upToOutput":200,"price":P}]
            """,
        "tiers[0].upToOutput",
        "longer outputs would have no price"
    )]
    // Meters and amounts
    [InlineData(
        """
            "tiers":[{"price":{"input":"2"}}]
            """,
        "tiers[0].price",
        "input and output"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"2","output":"8","serch":"1"}}]
            """,
        "tiers[0].price.serch",
        "not a meter"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"-2","output":"8"}}]
            """,
        "tiers[0].price.input",
        "never negative"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"0.000002","output":"8"}}]
            """,
        "tiers[0].price.input",
        "did you mean 2?"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"2000000","output":"8"}}]
            """,
        "tiers[0].price.input",
        "did you mean 2?"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"2","output":"8","search":"10000"}}]
            """,
        "tiers[0].price.search",
        "did you mean 0.01?"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"2.0000000001","output":"8"}}]
            """,
        "tiers[0].price.input",
        "nine decimals"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"79228162514264337593543950335","output":"8"}}]
            """,
        "tiers[0].price.input",
        "more than"
    )]
    [InlineData(
        """
            "tiers":[{"upToInput":32000,"price":{"input":"2","output":"8","search":"0.01"}},{"price":P}]
            """,
        "tiers[1].price",
        "search"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"2","output":"8","search":"0.01"},"weights":{"point":{"input":"1","output":"4"}}}]
            """,
        "tiers[0].weights.point",
        "search has a price, and none in point"
    )]
    [InlineData(
        """
            "tiers":[{"price":P,"weights":{"point":{"input":"2000000","output":"4"}}}]
            """,
        "tiers[0].weights.point.input",
        "did you mean 2?"
    )]
    [InlineData(
        """
            "tiers":[{"price":P,"weights":{"point":{"input":"0.0000001","output":"4"}}}]
            """,
        "tiers[0].weights.point.input",
        "six decimals"
    )]
    [InlineData(
        """
            "tiers":[{"price":P,"weights":{"Point":{"input":"1","output":"4"}}}]
            """,
        "tiers[0].weights.Point",
        "lower-case"
    )]
    // Currency
    [InlineData(
        """
            "currency":"EUR"
            """,
        "currency",
        "CNY or USD"
    )]
    // Reasoning
    [InlineData(
        """
            "reasoning":"outside"
            """,
        "reasoning",
        "inside output or apart"
    )]
    [InlineData(
        """
            "reasoning":"apart"
            """,
        "tiers[0].price.reasoning",
        "no price here"
    )]
    [InlineData(
        """
            "tiers":[{"price":{"input":"2","output":"8","reasoning":"12"}}]
            """,
        "tiers[0].price.reasoning",
        "inside output"
    )]
    // Packages
    [InlineData(
        """
            "packages":{"characters":1000}
            """,
        "packages.characters",
        "not a meter"
    )]
    [InlineData(
        """
            "packages":{"input":1}
            """,
        "packages.input",
        "2 to"
    )]
    [InlineData(
        """
            "packages":{"input":-1000}
            """,
        "packages.input",
        "2 to"
    )]
    [InlineData(
        """
            "packages":{"character":1000}
            """,
        "packages.character",
        "no price"
    )]
    // Images
    [InlineData(
        """
            "images":{"1024x1024/high":"0.5"}
            """,
        "images",
        "the meter image"
    )]
    [InlineData(
        """
            "images":{"1024 x 1024":"0.5"}
            """,
        "images.1024 x 1024",
        "without spaces"
    )]
    [InlineData(
        """
            "images":{"1024x1024/high":"-0.5"}
            """,
        "images.1024x1024/high",
        "never negative"
    )]
    [InlineData(
        """
            "images":{"1024x1024/high":"500000"}
            """,
        "images.1024x1024/high",
        "did you mean 0.5?"
    )]
    // Minimum
    [InlineData(
        """
            "minimum":"-0.01"
            """,
        "minimum",
        "more than 0"
    )]
    [InlineData(
        """
            "minimum":"0"
            """,
        "minimum",
        "more than 0"
    )]
    [InlineData(
        """
            "minimum":"5000"
            """,
        "minimum",
        "more than 1000"
    )]
    [InlineData(
        """
            "minimum":"0.0000000001"
            """,
        "minimum",
        "nine decimals"
    )]
    // Service classes
    [InlineData(
        """
            "serviceClasses":{"cheap":"0.5"}
            """,
        "serviceClasses.cheap",
        "standard, flex, priority, batch"
    )]
    [InlineData(
        """
            "serviceClasses":{"batch":"-0.5"}
            """,
        "serviceClasses.batch",
        "not a factor"
    )]
    [InlineData(
        """
            "serviceClasses":{"batch":"0"}
            """,
        "serviceClasses.batch",
        "more than 0"
    )]
    [InlineData(
        """
            "serviceClasses":{"batch":"0.1234567"}
            """,
        "serviceClasses.batch",
        "too fine"
    )]
    [InlineData(
        """
            "serviceClasses":{"batch":"half"}
            """,
        "serviceClasses.batch",
        "not a factor"
    )]
    [InlineData(
        """
            "serviceClasses":{"batch":"1/0"}
            """,
        "serviceClasses.batch",
        "not a factor"
    )]
    [InlineData(
        """
            "serviceClasses":{"batch":1e-1}
            """,
        "serviceClasses.batch",
        "not a factor"
    )]
    // Hours
    [InlineData(
        """
            "hours":{"timeZone":"Asia/Peking","windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2"}]}
            """,
        "hours.timeZone",
        "tz database"
    )]
    [InlineData(
        """
            "hours":{"windows":[]}
            """,
        "hours.windows",
        "1 to 32"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"from":"09:00","to":"12:00","factor":"2"}]}
            """,
        "hours.windows[0].name",
        "name"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"9","to":"12:00","factor":"2"}]}
            """,
        "hours.windows[0].from",
        "time of day"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"24:01","factor":"2"}]}
            """,
        "hours.windows[0].to",
        "time of day"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"09:00","factor":"2"}]}
            """,
        "hours.windows[0].to",
        "another time"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"24:00","to":"09:00","factor":"2"}]}
            """,
        "hours.windows[0].from",
        "before 24:00"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"12:00"}]}
            """,
        "hours.windows[0].factor",
        "factor"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2","days":["mon"]}]}
            """,
        "hours.windows[0].days[0]",
        "not a weekday"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2","days":["monday","monday"]}]}
            """,
        "hours.windows[0].days[1]",
        "twice"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2","days":[]}]}
            """,
        "hours.windows[0].days",
        "at least one day"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2"},{"name":"late","from":"11:00","to":"13:00","factor":"3"}]}
            """,
        "hours.windows[1]",
        "'peak' and 'late' overlap"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"night","from":"22:00","to":"06:00","factor":"0.5"},{"name":"early","from":"05:00","to":"07:00","factor":"0.8"}]}
            """,
        "hours.windows[1]",
        "'night' and 'early' overlap"
    )]
    [InlineData(
        """
            "hours":{"calendar":"cn-1926","windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2"}]}
            """,
        "hours.calendar",
        "no holiday calendar 'cn-1926'. Calendars: cn-2026"
    )]
    [InlineData(
        """
            "hours":{"holidays":["2026-02-30"],"windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2"}]}
            """,
        "hours.holidays[0]",
        "not a day"
    )]
    [InlineData(
        """
            "hours":{"windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2","onHolidays":"exclude"}]}
            """,
        "hours.windows[0].onHolidays",
        "no holidays"
    )]
    [InlineData(
        """
            "hours":{"calendar":"cn-2026","windows":[{"name":"peak","from":"09:00","to":"12:00","factor":"2","onHolidays":"never"}]}
            """,
        "hours.windows[0].onHolidays",
        "apply, exclude or only"
    )]
    // Regions and customer groups
    [InlineData(
        """
            "regions":{"":"1.1"}
            """,
        "regions.",
        "1 to 64 characters"
    )]
    [InlineData(
        """
            "regions":{"eu":"1000000"}
            """,
        "regions.eu",
        "too much"
    )]
    [InlineData(
        """
            "customerGroups":{" staff":"0.5"}
            """,
        "customerGroups. staff",
        "spaces at its ends"
    )]
    // Volume
    [InlineData(
        """
            "volume":{"kind":"stepped","group":"g","meters":["input"],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
            """,
        "volume.kind",
        "marginal or retroactive"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","meters":["input"],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
            """,
        "volume.group",
        "name"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":[],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
            """,
        "volume.meters",
        "at least one"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["tokens"],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
            """,
        "volume.meters[0]",
        "not a meter"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["output","reasoning"],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
            """,
        "volume.meters[1]",
        "part of output"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input","input"],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
            """,
        "volume.meters[1]",
        "twice"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"timeZone":"Mars","tiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}
            """,
        "volume.timeZone",
        "tz database"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"]}
            """,
        "volume.tiers",
        "changes no price"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"factor":"1"}]}
            """,
        "volume.tiers",
        "2 to 16"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":10,"factor":"1"},{"upTo":20,"factor":"0.8"}]}
            """,
        "volume.tiers[1].upTo",
        "only the last"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":20,"factor":"1"},{"upTo":10,"factor":"0.9"},{"factor":"0.8"}]}
            """,
        "volume.tiers[1].upTo",
        "rising order"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":10,"factor":"1"},{}]}
            """,
        "volume.tiers[1].factor",
        "one of them"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":10,"factor":"1"},{"factor":"0.5","rates":[{"rates":P}]}]}
            """,
        "volume.tiers[1].factor",
        "one of them"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":10,"factor":"1/49999"},{"factor":"1/49957"}]}
            """,
        "volume.tiers[1].factor",
        "common denominator"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":10,"factor":"1"},{"rates":[{"rates":{"input":"1"}}]}]}
            """,
        "volume.tiers[1].rates[0].rates",
        "input and output"
    )]
    [InlineData(
        """
            "volume":{"kind":"marginal","group":"g","meters":["input"],"tiers":[{"upTo":10,"factor":"1"},{"rates":[{"rates":{"input":"1","output":"4","search":"0.01"}}]}]}
            """,
        "volume.tiers[1].rates",
        "search"
    )]
    [InlineData(
        """
            "units":{"point":{"volumeTiers":[{"upTo":10,"factor":"1"},{"factor":"0.8"}]}}
            """,
        "units.point.volumeTiers",
        "no volume"
    )]
    // Units and credits
    [InlineData(
        """
            "units":{"star":{"minimum":"1"}}
            """,
        "units.star",
        "no weights"
    )]
    [InlineData(
        """
            "units":{"Star":{"worth":"1"}}
            """,
        "units.Star",
        "lower-case"
    )]
    [InlineData(
        """
            "units":{"point":{"tiers":[{"rates":P}]}}
            """,
        "units.point.tiers",
        "already"
    )]
    [InlineData(
        """
            "units":{"point":{"worth":"0.01"}}
            """,
        "units.point.worth",
        "has weights already"
    )]
    [InlineData(
        """
            "units":{"credit":{"worth":"0.01","minimum":"1"}}
            """,
        "units.credit.worth",
        "no rules of its own"
    )]
    [InlineData(
        """
            "units":{"credit":{"worth":"0"}}
            """,
        "units.credit.worth",
        "more than 0"
    )]
    [InlineData(
        """
            "units":{"point":{"minimum":"0.0000001"}}
            """,
        "units.point.minimum",
        "six decimals"
    )]
    [InlineData(
        """
            "units":{"point":{"serviceClasses":{"batch":"0.5"}}}
            """,
        "units.point.serviceClasses.batch",
        "not for sale"
    )]
    [InlineData(
        """
            "units":{"point":{"hours":{"windows":[{"name":"peak","from":"09:00","to":"25:00","factor":"2"}]}}}
            """,
        "units.point.hours.windows[0].to",
        "time of day"
    )]
    [InlineData(
        """
            "money":{"serviceClasses":{"flex":"0.5"}}
            """,
        "money.serviceClasses.flex",
        "not for sale"
    )]
    // Currencies
    [InlineData(
        """
            "currencies":{"usd":{"tiers":[{"rates":P}]}}
            """,
        "currencies.usd",
        "three upper-case letters"
    )]
    [InlineData(
        """
            "currencies":{"CNY":{"tiers":[{"rates":P}]}}
            """,
        "currencies.CNY",
        "itself"
    )]
    [InlineData(
        """
            "currencies":{"USD":{}}
            """,
        "currencies.USD.tiers",
        "has tiers"
    )]
    [InlineData(
        """
            "currencies":{"USD":{"worth":"7","tiers":[{"rates":P}]}}
            """,
        "currencies.USD.worth",
        "itself"
    )]
    [InlineData(
        """
            "currencies":{"USD":{"tiers":[{"rates":{"input":"0.0000003","output":"1"}}]}}
            """,
        "currencies.USD.tiers[0].rates.input",
        "did you mean 0.3?"
    )]
    public void Is_refused_by_the_field_with_the_reason(string members, string param, string says)
    {
        var refused = Sheets.Refusal(
            members.Replace("P}", $"{Price}}}", StringComparison.Ordinal).Replace("P,", $"{Price},", StringComparison.Ordinal).Trim()
        );

        Assert.NotNull(refused);
        Assert.Equal((Problems.InvalidRequest, param), (refused.Problem, refused.Param));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_without_its_currency_is_refused_by_that_name()
    {
        var sheet = Sheets.Read("") with { Currency = default };

        Assert.Equal("currency", Sheets.Pricing.ToTariff("m", sheet, 1).Refused!.Param);
    }

    /// <summary>Whatever was let in is multiplied together when a call is rated, and nobody is there then to be told.</summary>
    [Fact]
    public void The_finest_factors_that_are_let_in_multiply_without_fail()
    {
        const string factor = "49999/49957";
        var tariff = Sheets.Tariff(
            $$"""
            "serviceClasses":{"batch":"{{factor}}"},"regions":{"eu":"{{factor}}"},"customerGroups":{"staff":"{{factor}}"},
            "hours":{"windows":[{"name":"day","from":"00:00","to":"24:00","factor":"{{factor}}"}]}
            """
        );
        var traits = new Charging.Tariffs.CallTraits(Charging.Tariffs.ServiceClass.Batch, "eu", "staff");

        Assert.True(tariff.Retail(Usage.Of(1_000_000, 0), tariff.Context(World.Start, traits, 0)) > 2_000_000_000);
    }
}
