using System.Text.Json;
using IdcFunctions.Functions.Runs;
using IdcFunctions.Slides.Storage;

namespace IdcFunctions.Infra.Tests;

public sealed class EventTests(Deployment deployment)
{
    private const string Topic = "Microsoft.EventGrid/systemTopics";

    [Fact]
    public void The_topic_watches_the_storage_account()
    {
        var topic = deployment.Prod.One(Topic);

        Assert.Equal((string?)deployment.Prod.SlidesAccount["id"], (string?)topic["properties"]!["source"]);
        Assert.Equal("SystemAssigned", (string?)topic["identity"]!["type"]);
    }

    [Fact]
    public void Blobs_written_and_deleted_in_the_slides_container_are_announced()
    {
        var filter = deployment.Prod.One($"{Topic}/eventSubscriptions")["properties"]!["filter"]!;

        Assert.Equal(
            ["Microsoft.Storage.BlobCreated", "Microsoft.Storage.BlobDeleted"],
            filter["includedEventTypes"]!.AsArray().Select(type => (string)type!).Order(StringComparer.Ordinal));
        Assert.Equal($"/blobServices/default/containers/{Containers.Slides}/blobs/", (string?)filter["subjectBeginsWith"]);
        Assert.Null(filter["subjectEndsWith"]);
        var calls = Assert.Single(filter["advancedFilters"]!.AsArray())!;
        Assert.Equal(("StringIn", "data.api"), ((string?)calls["operatorType"], (string?)calls["key"]));
        Assert.Equal(
            ["CopyBlob", "DeleteBlob", "DeleteFile", "FlushWithClose", "PutBlob", "PutBlockList", "SftpCommit"],
            calls["values"]!.AsArray().Select(call => (string)call!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_app_reads_the_slides_name_from_what_the_filter_lets_through()
    {
        var prefix = (string?)deployment.Prod.One($"{Topic}/eventSubscriptions")["properties"]!["filter"]!["subjectBeginsWith"];

        var message = QueueMessages.Read(JsonSerializer.Serialize(new { subject = prefix + "case 7/a.svs" }));

        Assert.Equal(new QueueMessage.SlideEvent("case 7/a.svs"), message);
    }

    [Fact]
    public void Events_go_to_the_upload_queue_with_the_topics_identity()
    {
        var properties = deployment.Prod.One($"{Topic}/eventSubscriptions")["properties"]!;
        var delivery = properties["deliveryWithResourceIdentity"]!;

        Assert.Null(properties["destination"]);
        Assert.Equal("SystemAssigned", (string?)delivery["identity"]!["type"]);
        Assert.Equal("StorageQueue", (string?)delivery["destination"]!["endpointType"]);
        Assert.Equal(Queues.SlideUploads, (string?)delivery["destination"]!["properties"]!["queueName"]);
        Assert.Equal(
            (string?)deployment.Prod.SlidesAccount["id"],
            (string?)delivery["destination"]!["properties"]!["resourceId"]);
    }

    [Fact]
    public void Events_that_cannot_be_delivered_are_kept()
    {
        var properties = deployment.Prod.One($"{Topic}/eventSubscriptions")["properties"]!;
        var deadLetters = properties["deadLetterWithResourceIdentity"]!;

        Assert.Null(properties["deadLetterDestination"]);
        Assert.Equal("SystemAssigned", (string?)deadLetters["identity"]!["type"]);
        Assert.Equal(Containers.EventDeadLetters, (string?)deadLetters["deadLetterDestination"]!["properties"]!["blobContainerName"]);
    }
}
