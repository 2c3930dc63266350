using Tokenline.Charging.Tariffs;

namespace Tokenline.Gateway.Tests.OpenAI;

public sealed class PriceChangingFieldsTests
{
    [Theory]
    [InlineData("\"extra_body\":{\"service_tier\":\"flex\"}", "extra_body.service_tier")]
    [InlineData("\"web_search_options\":{}", "web_search_options")]
    [InlineData("\"search_parameters\":{\"mode\":\"auto\"}", "search_parameters")]
    [InlineData("\"enable_search\":true", "enable_search")]
    [InlineData("\"plugins\":[{\"id\":\"web\"}]", "plugins")]
    [InlineData("\"models\":[\"a\",\"b\"]", "models")]
    [InlineData("\"route\":\"fallback\"", "route")]
    [InlineData("\"transforms\":[\"middle-out\"]", "transforms")]
    [InlineData("\"tools\":[{\"type\":\"web_search\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"function\"},{\"type\":\"builtin_function\"}]", "tools[1].type")]
    [InlineData("\"tools\":[{\"google_search\":{}}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"type\":\"code_interpreter\"}]", "tools[0].type")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"Type\":\"code_interpreter\"}]", "tools[0].type")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"speed\":\"fast\"", "speed")]
    [InlineData("\"fast_mode\":true", "fast_mode")]
    [InlineData("\"fallbacks\":[\"m\"]", "fallbacks")]
    [InlineData("\"background\":true", "background")]
    [InlineData("\"deferred\":true", "deferred")]
    [InlineData("\"previous_response_id\":\"r\"", "previous_response_id")]
    [InlineData("\"conversation\":{\"id\":\"c\"}", "conversation")]
    [InlineData("\"num_search_results\":3", "num_search_results")]
    [InlineData("\"best_of\":4", "best_of")]
    [InlineData("\"extra_body\":{\"google\":{\"cached_content\":\"c\"}}", "extra_body.cached_content")]
    [InlineData("\"extra_body\":{\"Enable_Search\":true}", "extra_body.enable_search")]
    public void A_field_that_changes_the_price_is_refused(string member, string param) =>
        ChatRequestTests.AssertRefused(
            "{\"model\":\"m\"," + member + ",@}",
            param,
            "is priced outside tokens by the vendor and is not sold here yet"
        );

    [Theory]
    [InlineData("input_file")]
    [InlineData("video_url")]
    [InlineData("input_video")]
    [InlineData("v\\u0069deo_url")]
    public void A_file_or_video_is_refused(string type) =>
        ChatRequestTests.AssertRefused(
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"\"},{\"type\":\""
                + type
                + "\"}]}]}",
            "messages[0].content[1].type",
            "not sold here yet"
        );

    [Theory]
    [InlineData("\"service_tier\":null")]
    [InlineData("\"service_tier\":\"auto\"")]
    [InlineData("\"service_tier\":\"default\"")]
    [InlineData("\"service_tier\":\"standard\"")]
    [InlineData("\"enable_search\":false")]
    [InlineData("\"plugins\":[]")]
    [InlineData("\"models\":[]")]
    [InlineData("\"previous_response_id\":null")]
    [InlineData("\"modalities\":[\"text\"]")]
    [InlineData("\"num_search_results\":0")]
    [InlineData("\"best_of\":1")]
    [InlineData("\"background\":false")]
    [InlineData("\"store\":true")]
    [InlineData("\"tools\":[{\"type\":\"function\"},{\"type\":\"custom\"},{\"function\":{\"name\":\"f\"}}]")]
    [InlineData("\"tools\":null")]
    [InlineData("\"extra_body\":{\"google\":{\"thinking_config\":{\"include_thoughts\":true}}}")]
    [InlineData("\"reasoning_effort\":\"high\"")]
    public void The_same_field_switched_off_is_passed_on(string member) =>
        ChatRequestTests.Read("{\"model\":\"m\"," + member + ",\"messages\":[{\"role\":\"user\"}]}");

    [Theory]
    [InlineData("null", ServiceClass.Standard)]
    [InlineData("\"\"", ServiceClass.Standard)]
    [InlineData("\"auto\"", ServiceClass.Standard)]
    [InlineData("\"default\"", ServiceClass.Standard)]
    [InlineData("\"on_demand\"", ServiceClass.Standard)]
    [InlineData("\"flex\"", ServiceClass.Flex)]
    [InlineData("\"pr\\u0069ority\"", ServiceClass.Priority)]
    public void A_service_tier_is_read_as_a_class(string value, ServiceClass service) =>
        Assert.Equal(
            service,
            ChatRequestTests.Read("{\"model\":\"m\",\"service_tier\":" + value + ",\"messages\":[{\"role\":\"user\"}]}").Service
        );

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("\"batch\"")]
    [InlineData("\"turbo\"")]
    public void An_unknown_service_tier_is_refused(string value) =>
        ChatRequestTests.AssertRefused(
            "{\"model\":\"m\",\"service_tier\":" + value + ",@}",
            "service_tier",
            "must be one of auto, default, flex and priority"
        );

    [Fact]
    public void A_prediction_is_held_for_as_output()
    {
        var request = ChatRequestTests.Read("{\"model\":\"m\",\"prediction\":{\"content\":\"abc\"},\"messages\":[{\"role\":\"user\"}]}");
        Assert.Equal("{\"content\":\"abc\"}".Length, request.PredictionBytes);
        Assert.Equal("[{\"role\":\"user\"}]".Length, request.PromptBytes);
    }
}
