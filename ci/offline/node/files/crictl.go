// The only crictl command that kind calls, to find out whether a node already has an image. Without it kind loads every image.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1"
)

const socket = "unix:///run/containerd/containerd.sock"

func status(name string) (*cri.Image, error) {
	connection, err := grpc.NewClient(socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	request := &cri.ImageStatusRequest{Image: &cri.ImageSpec{Image: name}}
	answer, err := cri.NewImageServiceClient(connection).ImageStatus(context.Background(), request)
	if err == nil && answer.Image == nil {
		err = fmt.Errorf("no such image: %s", name)
	}
	return answer.GetImage(), err
}

func main() {
	if len(os.Args) != 3 || os.Args[1] != "inspecti" {
		fmt.Fprintln(os.Stderr, "the only supported command is: crictl inspecti IMAGE")
		os.Exit(2)
	}
	image, err := status(os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	found := map[string]any{"id": image.Id, "repoTags": image.RepoTags}
	json.NewEncoder(os.Stdout).Encode(map[string]any{"status": found})
}
